"""Runs MiniStack for as long as whoever started it lives.

Its functions are processes of their own, in this process group. When the other end of stdin closes (a normal end,
ctrl-c, or a kill that nobody could catch), the whole group goes, so no emulator and no function is left behind.
"""

import os
import signal
import sys
import threading

from ministack.app import main


def leave_together() -> None:
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=leave_together, daemon=True).start()
    main()
