# SPDX-License-Identifier: Apache-2.0
"""What testssl.sh says of the service (S3, S6): every line that is not well is in the list of those that server/README.md explains, and the list
holds no line that it no longer says."""

import json
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import Service

TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh")
WELL = {"OK", "INFO"}
# What it finds, by its own word for the finding: server/README.md says why under "What testssl says".
EXPLAINED = {"cert_validityPeriod", "cert_revocation", "BREACH"}
# Of these it must say OK, or the run was none.
ASKED = {"SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3", "heartbleed", "CRIME_TLS", "BREACH", "POODLE_SSL", "ROBOT", "secure_renego", "secure_client_renego", "fallback_SCSV",
         "SWEET32", "FREAK", "DROWN", "LOGJAM", "LUCKY13", "RC4", "BEAST", "HSTS_time", "PFS"}


@unittest.skipUnless(TESTSSL, "testssl.sh is not here: apt-get install testssl.sh")
class Testssl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.close)
        cls.service.start()
        told = os.path.join(cls.service.folder, "testssl.json")
        certificate = os.path.join(cls.service.data, "keys", "tls-certificate.pem")
        cls.done = subprocess.run([TESTSSL, "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--add-ca", certificate, "--jsonfile", told,
                                   f"https://127.0.0.1:{cls.service.port}"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1200, cwd=cls.service.folder)
        with open(told, encoding="utf-8") as file:
            cls.findings = json.load(file)

    def test_testssl_finds_only_what_is_explained(self):
        found = {finding["id"]: (finding["severity"], finding["finding"]) for finding in self.findings if finding["severity"] not in WELL}
        self.assertEqual(set(found) - EXPLAINED, set(), {name: found[name] for name in set(found) - EXPLAINED})
        self.assertEqual(EXPLAINED - set(found), set(), "explained, and not found any more")

    def test_it_asked_what_matters(self):
        severities = {finding["id"]: finding["severity"] for finding in self.findings}
        self.assertEqual(ASKED - set(severities), set())
        for name in ASKED - EXPLAINED:
            self.assertIn(severities[name], WELL, name)

    def test_the_service_lives(self):
        self.assertTrue(self.service.running())
        self.assertEqual(self.service.client().get("/healthz").status, 200)


if __name__ == "__main__":
    unittest.main()
