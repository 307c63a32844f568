"""Tests of the small service, run by its own release."""

import os
import tempfile
import unittest
from pathlib import Path

import hello


class HelloTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.before = Path.cwd()
        os.chdir(self.folder.name)

    def tearDown(self):
        os.chdir(self.before)
        self.folder.cleanup()

    def test_counts_each_greeting(self):
        self.assertEqual(hello.greet("Ada")["times"], 1)
        self.assertEqual(hello.greet("Ada")["times"], 2)

    def test_counts_people_once(self):
        for name in ("Ada", "Grace", "Ada"):
            hello.greet(name)
        self.assertEqual(hello.count(), 2)

    def test_health_names_the_version(self):
        status, body = hello.answer("/health")
        self.assertEqual((status, body["version"]), (200, hello.VERSION))

    def test_wants_a_name(self):
        self.assertEqual(hello.answer("/greet")[0], 400)

    def test_knows_no_other_path(self):
        self.assertEqual(hello.answer("/elsewhere")[0], 404)

    def test_backup_is_whole(self):
        hello.greet("Ada")
        hello.copy(hello.DATABASE, "copy.db")
        self.assertTrue(Path("copy.db").stat().st_size > 0)


if __name__ == "__main__":
    unittest.main()
