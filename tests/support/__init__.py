# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests share. Import with tests/ on sys.path."""
