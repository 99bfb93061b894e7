-- When a media event last came although a deletion had begun: what it speaks of may not have been there to be listed.
alter table ledger.recordings add column late_media_at timestamptz;
update ledger.recordings recording set late_media_at = media.learned_at
from (
  select account_sid, recording_sid, max(learned_at) as learned_at from (
    select account_sid, recording_sid, learned_at from ledger.archives
    union all
    select account_sid, recording_sid, learned_at from ledger.transcripts
  ) learned group by account_sid, recording_sid
) media
where (recording.account_sid, recording.recording_sid) = (media.account_sid, media.recording_sid) and exists (
  select from ledger.deletions
  where account_sid = recording.account_sid and recording_sid = recording.recording_sid
);

-- What was deleted before completed deletions were looked at once more has its turn now.
update ledger.deletions finished
set next_attempt_at = greatest(now(), completed_at + interval '24 hours')
where completed_at is not null and not exists (
  select from ledger.deletions later
  where (later.account_sid, later.recording_sid) = (finished.account_sid, finished.recording_sid)
    and later.deletion > finished.deletion
);
