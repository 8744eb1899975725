# SPDX-License-Identifier: Apache-2.0
"""What nobody honest sends: the requests of SECURITY 5, each with the answer it should get."""
