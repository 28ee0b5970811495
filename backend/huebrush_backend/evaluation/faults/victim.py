"""A client that is about to be killed: `python -m … ROOT NUMBER` sends jobs for ever, and prints those accepted.

A line is the JSON of an `Order`, with the job's id as `job`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from huebrush_protocol.messages import Accepted

from huebrush_backend.evaluation.faults.served import Served
from huebrush_backend.evaluation.faults.tally import Tally
from huebrush_backend.evaluation.faults.witness import Witness

PAUSE_SECONDS = 0.05


def main(root: str, number: str) -> None:
    """Send jobs until this process is killed."""
    witness = Witness(Served(Path(root)), Tally(), random.Random(int(number)), "")
    while True:
        job = witness.submit()
        while True:
            message = witness.client.receive().message
            if isinstance(message, Accepted) and message.job == job:
                break
        order = replace(witness.orders[job], is_accepted=True)
        print(json.dumps({"job": job, **asdict(order)}), flush=True)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
