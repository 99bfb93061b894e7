-- What a hold keeps of an erased number has no date: it is looked at each day, and those of before were never looked at.
create index erasure_residues_of_holds on ledger.erasure_residues (account_sid, checked_at) where gone_at is null and residue = 'holds';
