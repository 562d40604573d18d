"""Starts a program on a terminal of its own, closes the terminal once the program has said a word, tells how it ended.

Usage: close_terminal.py <word> <program> [arguments]
"""

import os
import pty
import sys

word, command = sys.argv[1].encode(), sys.argv[2:]
process, terminal = pty.fork()
if process == 0:
    os.execvp(command[0], command)
said = b""
while word not in said:
    said += os.read(terminal, 4096)
os.close(terminal)
status = os.waitpid(process, 0)[1]
print("exit", os.WEXITSTATUS(status)) if os.WIFEXITED(status) else print("signal", os.WTERMSIG(status))
