"""A Ray cluster of two nodes with one processor each, on this machine, for the tests.

Run as a program: prints the address, then obeys lines: `remove` takes the second node away without
a farewell, `add` starts another one; at the end of the input all processes end.
"""

from __future__ import annotations

import os
import sys

MEGABYTE = 2**20


def main() -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 80 * MEGABYTE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=node)
    second = cluster.add_node(num_cpus=1, object_store_memory=80 * MEGABYTE)
    _say(cluster.address)
    for line in sys.stdin:
        if line.strip() == "remove":
            cluster.remove_node(second, allow_graceful=False)
        elif line.strip() == "add":
            second = cluster.add_node(num_cpus=1, object_store_memory=80 * MEGABYTE)
        _say("done")
    cluster.shutdown()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
