# SPDX-License-Identifier: Apache-2.0
"""Reports as web pages that stand alone: they ask nothing of any network.

    from npulse.html import report_html

    page = report_html(report, chip=npulse.load_chip("rngd"), timeline="timeline.json")

`Report.save("report.html")` writes one, and so does the command `npulse html`.
"""

from .pages import report_html

__all__ = ["report_html"]
