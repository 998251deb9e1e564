"""Spreadsheets into records: open a file safely, read every row, say every fault in words.

`sheet.open_sheet` opens a workbook or CSV file; `supplier_tool.read` and `waiting_list.read`
turn its rows into frozen records with their faults; `corrections.write` gives the refused rows
back to be corrected. `postcodes` reads the published postcode files. No database is touched.
"""
