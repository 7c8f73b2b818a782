"""Near-duplicate removal as datatrove does it: signatures, buckets, clusters, filter; one process.

Run by ``peers.py`` with the Python of an environment that has datatrove and what its MinHash
needs (regex, nltk, spacy, xxhash, orjson, tokenizers, fasteners). Prints how many texts go.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


def main() -> None:
    """Remove near duplicates from a file of ``{"text": …}`` with datatrove's default settings."""
    file, work = Path(sys.argv[1]), Path.cwd()
    config = MinhashConfig()  # 14 buckets of 8 hashes of five words: made for 0.75
    names = ("signatures", "buckets", "removed", "kept", "logs")
    signatures, buckets, removed, kept, logs = (str(work / name) for name in names)

    def reader() -> JsonlReader:
        return JsonlReader(str(file.parent), glob_pattern=file.name)

    stages = [
        [reader(), MinhashDedupSignature(signatures, config, language="en")],
        [MinhashDedupBuckets(signatures, buckets, config=config)],
        [MinhashDedupCluster(buckets, removed, config=config)],
        [reader(), MinhashDedupFilter(removed), JsonlWriter(kept, compression=None)],
    ]
    for number, stage in enumerate(stages):
        tasks = config.num_buckets if number == 1 else 1
        LocalPipelineExecutor(stage, tasks=tasks, logging_dir=f"{logs}/{number}").run()
    left = sum(len(path.read_bytes().splitlines()) for path in Path(kept).glob("*.jsonl"))
    print(json.dumps({"removed": len(file.read_bytes().splitlines()) - left}))


if __name__ == "__main__":
    main()
