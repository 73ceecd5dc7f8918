"""R10: lemon24/reader with ten workers.

`python r10.py FOLDER ADDRESSES`
"""

import json
import os
import sys
from pathlib import Path

import certifi

# reader sends what it prepared itself, for which requests asks no variable whom to trust: only certifi.
certifi.where = lambda: os.environ["REQUESTS_CA_BUNDLE"]

from reader import make_reader  # noqa: E402 - after whom it trusts

if __name__ == "__main__":
    folder, addresses = Path(sys.argv[1]), Path(sys.argv[2]).read_text().split()
    with make_reader(str(folder / "r10.db")) as reader:
        known = {feed.url for feed in reader.get_feeds()}
        for url in addresses:
            if url not in known:
                reader.add_feed(url)
        reader.update_feeds(workers=10, scheduled=False)
        failed = sum(1 for _ in reader.get_feeds(broken=True))
        print(json.dumps({"entries": reader.get_entry_counts().total, "failed": failed}))
