"""SETs of durable keys without a pause: how many a second, and how far behind is PostgreSQL?"""

import time

from writes.redis_load import start_sets

WITHOUT_END = 1 << 30
SAMPLE_SECONDS = 0.01


def sustain(node, backlog, pipeline, seconds, processes):
    before, sets_before = [read() for read in processes], backlog.calls("set")
    backlog.wait_until_empty()
    began = time.perf_counter()
    load = start_sets(node.redis, "key", WITHOUT_END, pipeline)
    bytes_most = age_most = 0
    try:
        while time.perf_counter() - began < seconds:
            now = backlog.read()
            bytes_most, age_most = max(bytes_most, now["bytes"]), max(age_most, now["age_ms"])
            time.sleep(SAMPLE_SECONDS)
    finally:
        load.kill()
        load.communicate()
    acknowledged = time.perf_counter() - began
    backlog.wait_until_empty()
    committed = time.perf_counter() - began
    sets = backlog.calls("set") - sets_before
    cpu = [(read() - former) / sets * 1e6 for read, former in zip(processes, before)]
    print(f"\nSET of durable keys for {acknowledged:.0f} s, pipelines of {pipeline}: {sets / acknowledged:,.0f}/s answered,"
          f" {sets / committed:,.0f}/s until all were committed; the oldest write waited at most {age_most} ms, the"
          f" backlog was at most {bytes_most / 1e6:.1f} MB; CPU {cpu[0]:.1f} us a SET of Stele, {cpu[1]:.1f} of"
          " PostgreSQL")
