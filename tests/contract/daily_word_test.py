# SPDX-License-Identifier: Apache-2.0
"""The word of the day, as a guard's desk is told it."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import unix_second
from support.town import LOCAL_OFFSET_S, TownTest


class DailyWord(TownTest):
    def test_a_guard_reads_the_word_that_stands_on_results_until_local_midnight(self):
        answer = self.guard.get("/api/v1/gate/word")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(len(answer.json["word"]), 2)
        until = unix_second(answer.json["until"])
        self.assertEqual((until + LOCAL_OFFSET_S) % 86400, 0)
        self.assertTrue(0 < until - time.time() <= 86400)

    def test_who_is_no_guard_reads_it_on_no_desk(self):
        for who, status in ((self.service.client(), 401), (self.resident(self.number()), 403), (self.tracer, 403)):
            self.assertEqual(who.get("/api/v1/gate/word").status, status)


if __name__ == "__main__":
    unittest.main()
