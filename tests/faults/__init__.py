# SPDX-License-Identifier: Apache-2.0
"""What must hold when the process, the disk or the file system fails under load (SECURITY 3)."""
