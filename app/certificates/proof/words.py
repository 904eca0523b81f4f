"""What each finding means, in a sentence. Marked for translation, so that pages say the same in Chinese."""

from collections.abc import Mapping
from typing import Final


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext's tools know a marked text
    """Mark a text for the catalogues; it is translated where it is shown."""
    return text


#: The parts of a report, by ``Part``.
PARTS: Final[Mapping[str, str]] = {
    "signature": N_("PDF signature"),
    "credential": N_("Credential"),
    "page": N_("Page and signed claims"),
    "log": N_("Public log"),
    "status": N_("Status"),
}

#: Sentences, by code.
FINDINGS: Final[Mapping[str, str]] = {
    "signed": N_("The issuer signed the whole file, and not a byte of it has changed."),
    "not_signed": N_("The file carries no signature."),
    "not_whole_file": N_("The signature does not cover the whole file: something was added afterwards."),
    "file_altered": N_("The file was changed after it was signed."),
    "signature_wrong": N_("The signature is not the issuer's, or was damaged."),
    "signature_of_other": N_("Somebody else than the issuer signed the file."),
    "signature_malformed": N_("The signature is not written as the issuer writes it."),
    "timestamp_wrong": N_("The timestamp does not belong to this signature."),
    "not_a_pdf": N_("This is not a PDF file."),
    "pdf_unreadable": N_("The PDF is damaged, or is not one of ours."),
    "unreadable": N_("This part of the file cannot be read."),
    "proof_right": N_("The credential inside is signed by the issuer and unchanged."),
    "no_credential": N_("The file carries no credential."),
    "other_attachments": N_("The file carries other attachments than it was issued with."),
    "credential_malformed": N_("The credential is not written as the issuer writes it."),
    "unknown_context": N_("The credential uses terms that the issuer does not use."),
    "credential_of_other": N_("The credential names another issuer."),
    "no_proof": N_("The credential carries no proof."),
    "other_proof": N_("The credential carries a kind of proof that the issuer does not use."),
    "proof_wrong": N_("The credential was changed after it was signed."),
    "key_of_other": N_("The credential is signed with a key that is not the issuer's."),
    "unsigned_member": N_("The credential says something that nobody signed."),
    "not_compacted": N_("The credential does not read as it was signed."),
    "not_json_ld": N_("The credential cannot be read."),
    "record_differs": N_("The record in the credential is not the one it names."),
    "context_altered": N_("This verifier was tampered with: its vocabulary is not the published one."),
    "page_equals": N_("The text on the page is exactly the text that was signed."),
    "page_differs": N_("The text on the page is not the text that was signed."),
    "annotation": N_("Something was laid over the page."),
    "no_claims": N_("There are no signed claims to compare the page with."),
    "claims_not_signed": N_("Not checked: the page says what the credential says, but that is not the issuer's."),
    "in_log": N_("The credential stands in the issuer's public log."),
    "no_log_proof": N_("The file carries no proof from the log."),
    "log_proof_malformed": N_("The proof from the log is damaged."),
    "note_malformed": N_("The log's signed statement is damaged."),
    "checkpoint_wrong": N_("The log's signature is wrong."),
    "checkpoint_of_other": N_("The proof comes from another log."),
    "not_in_log": N_("The credential does not stand in the log."),
    "log_truncated": N_("The log has become shorter: entries were taken away."),
    "log_forked": N_("The log contradicts what it said before."),
    "file_not_in_log": N_("The log knows the credential, but not this file."),
    "in_force": N_("Neither revoked nor suspended."),
    "revoked": N_("Revoked or replaced: it is no longer valid."),
    "withdrawn": N_("Revoked: it is no longer valid."),
    "superseded": N_("Replaced by a newer certificate: this one is no longer valid."),
    "ended": N_("The appointment ended before its term."),
    "suspended": N_("Suspended for the time being."),
    "expired": N_("Its validity has ended."),
    "not_yet_valid": N_("It is dated in the future."),
    "status_not_given": N_("Not checked: without a status list only the day of issue is known."),
    "status_stale": N_("Not known: the status list has run out. Fetch a newer one."),
    "status_rolled_back": N_("The status list is older than one known before."),
    "status_of_other": N_("This status list does not speak of this certificate."),
    "status_malformed": N_("The status list is damaged."),
    "credential_first": N_("Not checked: without a credential that can be believed there is no status."),
    "needs_file": N_("Not checked: this needs the file itself. Check the file you were given."),
    "in_preparation": N_("Not checked: it is issued, but its proofs are still being made. Try again in a minute."),
    "issuer_malformed": N_("The file of the issuer's keys is damaged."),
}
