"""Invoices: the provider submits one a month, finance decides and takes them away once."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import Permission, requires, visible
from app.commissioning.invoices import drafting, queries, service
from app.commissioning.invoices.models import Invoice, InvoiceExport, InvoiceLine
from app.kernel.database import db
from app.web.columns import INVOICE_BATCHES
from app.web.export import download, download_list
from app.web.forms.entries import refuse
from app.web.forms.invoices import (
    ChangeLine,
    CreditInvoice,
    DecideInvoice,
    FilterInvoices,
    StartInvoice,
    SubmitAgain,
    SubmitInvoice,
    in_month,
)
from app.web.history import history_of
from app.web.invoices import LIST_HEADER, decide_as_chosen, rows_of_list, what_may_be_done
from app.web.listing import Sort

invoices = Blueprint("invoices", __name__, url_prefix="/invoices")
PAGE = 20


@invoices.context_processor
def words():
    """How a month is written."""
    return {"in_month": in_month}


def _listed(form: FilterInvoices, sort: Sort):
    found = queries.invoices(form.criteria(), sort.by, sort.descending)
    return visible(found, Invoice, Permission.VIEW_INVOICE, current_user)


def _to(invoice: Invoice):
    return redirect(url_for("invoices.show", invoice_id=invoice.id))


@invoices.get("/")
@requires(Permission.VIEW_INVOICE)
def listed():
    """Invoices as the filters leave them, a provider's own alone for the provider."""
    form = FilterInvoices(request.args, queries.months())
    sort = Sort.from_args(request.args, queries.ORDERS, "-period")
    page = db.paginate(_listed(form, sort), per_page=PAGE, max_per_page=PAGE)
    return render_template("invoices/listed.html", form=form, sort=sort, page=page)


@invoices.get("/download.<any(csv, xlsx):kind>")
@requires(Permission.VIEW_INVOICE)
def export_list(kind):
    """The list as its filters leave it, as a spreadsheet."""
    form = FilterInvoices(request.args, queries.months())
    sort = Sort.from_args(request.args, queries.ORDERS, "-period")
    rows = rows_of_list(db.session.scalars(_listed(form, sort)))
    return download(kind, "invoices", LIST_HEADER, rows)


@invoices.route("/start", methods=["GET", "POST"])
@requires(Permission.WRITE_INVOICE)
def start():
    """Make the draft of a month from what was delivered in it."""
    form = StartInvoice()
    if form.validate_on_submit():
        return _to(drafting.draft(current_user.provider, form.day))
    return render_template("invoices/start.html", form=form)


@invoices.get("/<int:invoice_id>")
@requires(Permission.VIEW_INVOICE, on=Invoice, options=queries.WHOLE)
def show(invoice):
    """One invoice with its lines, its differences, its history, and what may be done with it."""
    return render_template(
        "invoices/show.html",
        invoice=invoice,
        found=service.differences.shown(invoice),
        may_do=what_may_be_done(invoice),
        history=history_of(invoice, invoice.lines),
    )


@invoices.route("/lines/<int:invoice_line_id>", methods=["GET", "POST"])
@requires(Permission.WRITE_INVOICE, on=InvoiceLine)
def change_line(invoice_line):
    """Correct the hours or the price of a line."""
    form = ChangeLine(hours=float(invoice_line.hours), pence_per_hour=invoice_line.pence_per_hour)
    if form.validate_on_submit():
        price = form.pence_per_hour.data
        drafting.change_line(invoice_line, hours=form.exact_hours, pence_per_hour=price)
        flash(f"The line of {invoice_line.placement.reference} was changed.", "success")
        return _to(invoice_line.invoice)
    return render_template("invoices/change_line.html", form=form, line=invoice_line)


@invoices.post("/lines/<int:invoice_line_id>/remove")
@requires(Permission.WRITE_INVOICE, on=InvoiceLine)
def remove_line(invoice_line):
    """Take a line off a draft."""
    invoice, reference = invoice_line.invoice, invoice_line.placement.reference
    drafting.remove_line(invoice_line)
    flash(f"The line of {reference} was taken off.", "success")
    return _to(invoice)


@invoices.route("/<int:invoice_id>/submit", methods=["GET", "POST"])
@requires(Permission.WRITE_INVOICE, on=Invoice, options=queries.WHOLE)
def submit(invoice):
    """Submit a draft, or again after a query."""
    form = (SubmitAgain if invoice.query else SubmitInvoice)(obj=invoice)
    if form.validate_on_submit():
        fault = service.number_fault(invoice, form.number.data)
        if not refuse(form, {"number": fault} if fault else {}):
            service.submit(invoice, **form.given())
            flash(f"{invoice.reference} was submitted. Finance has been told.", "success")
            return _to(invoice)
    return render_template("invoices/submit.html", form=form, invoice=invoice)


@invoices.post("/<int:invoice_id>/withdraw")
@requires(Permission.WRITE_INVOICE, on=Invoice)
def withdraw(invoice):
    """Take an invoice back before it is decided."""
    service.withdraw(invoice)
    flash(f"{invoice.reference} was withdrawn. Its days can be invoiced again.", "success")
    return _to(invoice)


@invoices.route("/<int:invoice_id>/decide", methods=["GET", "POST"])
@requires(Permission.DECIDE_INVOICE, on=Invoice, options=queries.WHOLE)
def decide(invoice):
    """Approve an invoice, return it with a query, or refuse it."""
    form = DecideInvoice(version=invoice.version)
    if form.validate_on_submit() and not refuse(form, form.faults(invoice)):
        flash(decide_as_chosen(invoice, form, current_user), "success")
        return _to(invoice)
    found = service.differences.shown(invoice)
    return render_template("invoices/decide.html", form=form, invoice=invoice, found=found)


@invoices.route("/<int:invoice_id>/credit", methods=["GET", "POST"])
@requires(Permission.WRITE_INVOICE, on=Invoice, options=queries.WHOLE)
def credit(invoice):
    """Make a credit note that takes back hours of an approved invoice."""
    form = CreditInvoice.on(invoice.lines)
    if form.validate_on_submit():
        made = drafting.credit(invoice, form.hours(), (form.note.data or "").strip())
        flash(f"{made.reference} is a draft. Check it and submit it.", "success")
        return _to(made)
    left = drafting.left_to_credit(invoice)
    return render_template("invoices/credit.html", form=form, invoice=invoice, left=left)


@invoices.get("/exports")
@requires(Permission.EXPORT_INVOICES)
def exports():
    """What was taken to the finance system, and how many approved invoices wait."""
    page = db.paginate(queries.exports(), per_page=PAGE, max_per_page=PAGE)
    return render_template(
        "invoices/exports.html",
        page=page,
        sums=queries.sums_of(page.items),
        waiting=queries.count_to_export(),
    )


@invoices.get("/exports/download.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_INVOICES)
def export_batches(kind):
    """The list of batches as a spreadsheet; what each holds is in its own file."""
    batches = db.session.scalars(queries.exports()).all()
    sums = queries.sums_of(batches)
    pairs = [(batch, sums[batch.id]) for batch in batches]
    return download_list(kind, "invoice-batches", INVOICE_BATCHES, pairs)


@invoices.post("/exports")
@requires(Permission.EXPORT_INVOICES)
def make_export():
    """Take every approved invoice that waits into a batch, once."""
    batch = service.export(by=current_user)
    flash(f"{batch.reference} was made. Download it below.", "success")
    return redirect(url_for("invoices.exports"))


@invoices.get("/exports/<int:invoice_export_id>.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT_INVOICES, on=InvoiceExport)
def download_export(invoice_export, kind):
    """A batch as a file; the same each time it is downloaded."""
    rows = queries.finance_rows(invoice_export)
    return download(kind, f"invoices-{invoice_export.reference}", queries.FINANCE_COLUMNS, rows)
