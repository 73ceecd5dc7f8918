"""feeder as its command runs it: `feeder gather`, or with `--only-gather` without the curating that no rival does.

`python feeder_gather.py FOLDER [--only-gather]`: a config.toml lies in the folder. Arguments after these go to the
command.
"""

import sys

from feeder.cli import main

if __name__ == "__main__":
    folder, *words = sys.argv[1:]
    if "--only-gather" in words:
        words.remove("--only-gather")
        from feeder.cli.memory import importing

        with importing():  # as the command does
            from feeder.pipeline import STEPS

        STEPS["curate"] = lambda *_, **__: ()
    sys.argv = ["feeder", *(words or ["gather"]), "--config", f"{folder}/config.toml"]
    main()
