"""Nothing acknowledged is lost when Stele, its PostgreSQL or both are killed while clients of all kinds write.

`./dev bench crash` does the same for as long as it is told. STELE_CRASH_SEED repeats what a seed drew."""

import os
import random

import stage
from trial import Trial
from victim import ONE_OF_EACH


def test_kills(new_stele):
    seed = int(os.environ.get("STELE_CRASH_SEED", random.randrange(10**6)))
    print(f"STELE_CRASH_SEED={seed}")
    node = new_stele(*stage.FLAGS)
    trial = Trial(node, seed, still_rows=500)
    for kill in ONE_OF_EACH:
        outcome = trial.round(kill)
        print(f"{outcome.kill.value}: acknowledged {outcome.acknowledged}, compared {outcome.compared}")
        assert not outcome.differences, f"seed {seed}, {kill.value}:\n" + "\n".join(outcome.differences)
    assert node.stop() == 0
