-- The rules every layout follows: who may write, what a lost write came to, and
-- how functions are registered. The build puts this text in front of the text of
-- a layout; together they are one library.
--
-- Lock. Each stored session has a lock version, 1 at its first write. A write
-- brings new_lock and is good only if the stored lock is new_lock - 1, or nothing
-- is stored and new_lock is 1. Deleting is final: nothing stored and new_lock > 1
-- is GONE, and a deleted id keeps TOMBSTONE in place of its lock for
-- TOMBSTONE_SECONDS. That is longer than the longest deadline of a call (10 s),
-- so no late copy of a write finds the id free again. The tombstone is a number
-- that no version reaches (2^53 - 1), because Charon's own function adds 1 to the
-- stored lock and must then answer CONFLICT.
--
-- Ring. Beside the lock lie the last RING_SIZE writes, newest first, each as
-- ";<version>:<operation id>", the operation id in 16 hex digits. A copy of a
-- write that was applied already finds itself there. Versions are written out
-- because a Charon node raises the lock without writing to the ring.
--
-- Time is the server's. A write carries a deadline and does nothing after it.

local TOMBSTONE = '9007199254740991'
local TOMBSTONE_SECONDS = 30
local LONGEST_DEADLINE_SECONDS = 10

-- The first RING_SIZE - 1 entries of a ring (RING_SIZE is 4).
local NEWEST_ENTRIES = '^;[^;]*;[^;]*;[^;]*'

-- Redis 8 refuses a later expiry: it keeps 46 bits of milliseconds.
local LATEST_EXPIRY = '70368744177'

-- Ids handled by one command. Lua can unpack about 8000 values at once.
local IDS_PER_COMMAND = 1000

-- Within this time after its deadline a deleted session still has its tombstone,
-- however early before the deadline it was written and deleted.
local TOMBSTONE_PROOF_MS = (TOMBSTONE_SECONDS - LONGEST_DEADLINE_SECONDS - 5) * 1000

local function register(name, callback, flags)
  redis.register_function{
    function_name = '@LIBRARY@_' .. name, callback = callback, flags = flags or {}
  }
end

-- Whole seconds, and milliseconds with their fraction.
local function server_time()
  local time = redis.call('TIME')
  local seconds = tonumber(time[1])
  return seconds, seconds * 1000 + tonumber(time[2]) / 1000
end

local function late(now_ms)
  return string.format('LATE %.0f', math.floor(now_ms))
end

local function within_range(expiry)
  if tonumber(expiry) > tonumber(LATEST_EXPIRY) then return LATEST_EXPIRY end
  return expiry
end

local function ring_with(ring, version, op)
  local kept = ring and (string.match(ring, NEWEST_ENTRIES) or ring) or ''
  return ';' .. version .. ':' .. op .. kept
end

-- Who wrote this version, by the ring: 'me', 'other', or 'unknown' when the ring
-- does not reach back that far. Entries leave the ring oldest first, so an entry
-- older than the version proves that op did not write it.
local function writer_of(version, op, ring)
  if not ring then return 'unknown' end
  local entry = ';' .. version .. ':'
  if string.find(ring, entry .. op, 1, true) then return 'me' end
  if string.find(ring, entry, 1, true) then return 'other' end
  local oldest = tonumber(string.match(ring, ';(%d+):%x*$'))
  if oldest and oldest < tonumber(version) then return 'other' end
  return 'unknown'
end

-- Why op may not write new_lock; nil if it may.
local function refusal(lock, ring, new_lock, op)
  local wanted = tonumber(new_lock)
  if not lock then
    if wanted == 1 then return nil end
    return 'GONE'
  end
  if lock == TOMBSTONE then return 'GONE' end
  local version = tonumber(lock)
  if version and version + 1 == wanted then return nil end
  if not string.find(lock, '^%d+$') then return 'CORRUPT' end
  -- A lock behind the caller's: the server was rolled back by a failover.
  if version < wanted then return 'CONFLICT' end
  local writer = writer_of(new_lock, op, ring)
  if writer == 'me' then return 'DUP' end
  if writer == 'other' then return 'CONFLICT' end
  return 'OLD'
end

-- What became of op's write of new_lock whose reply was lost. Once its deadline
-- has passed no copy can take effect any more, so the answer is final.
--
--   PENDING      the deadline has not passed: ask again after it
--   APPLIED      the ring says so
--   NOT_APPLIED  the ring names another writer of that version; or the lock is
--                still lower; or it was a first write, nothing is stored, and a
--                delete in between would still have its tombstone (what has
--                expired since, and what a Charon node deleted, counts as not
--                applied: there is no session, and none will come)
--   UNKNOWN      the rest: deleted; replaced more often than the ring holds; gone
--                although it must have been there before; not a number
local function resolution(lock, ring, new_lock, op, deadline, now_ms)
  local after = now_ms - tonumber(deadline)
  if after <= 0 then return 'PENDING' end
  if not lock then
    if tonumber(new_lock) == 1 and after <= TOMBSTONE_PROOF_MS then return 'NOT_APPLIED' end
    return 'UNKNOWN'
  end
  if lock == TOMBSTONE or not string.find(lock, '^%d+$') then return 'UNKNOWN' end
  if tonumber(lock) < tonumber(new_lock) then return 'NOT_APPLIED' end
  local writer = writer_of(new_lock, op, ring)
  if writer == 'me' then return 'APPLIED' end
  if writer == 'other' then return 'NOT_APPLIED' end
  return 'UNKNOWN'
end

-- Charon's own rule: an absent lock permits any version.
local function charon_refusal(lock, new_lock)
  if not lock then return nil end
  local version = tonumber(lock)
  if not version then return 'CORRUPT' end
  if version + 1 ~= tonumber(new_lock) then return 'CONFLICT' end
  return nil
end

-- Calls action with portions of a list that fit into one command.
local function in_portions(list, action)
  for first = 1, #list, IDS_PER_COMMAND do
    local portion = {}
    for i = first, math.min(first + IDS_PER_COMMAND - 1, #list) do
      portion[#portion + 1] = list[i]
    end
    action(portion)
  end
end

-- Runs commands as a self-test after asking which of them the calling user may
-- run: MISSING <command> if the server does not know it, DENIED <command> if the
-- user may not run it on these keys; nothing has run then. Otherwise OK.
local function self_test(expiry, commands)
  for _, command in ipairs(commands) do
    local known, allowed = pcall(redis.acl_check_cmd, unpack(command))
    if not known then return 'MISSING ' .. string.lower(command[1]) end
    if not allowed then return 'DENIED ' .. string.lower(command[1]) end
  end
  if tonumber(expiry) <= server_time() then return 'EXPIRED' end
  for _, command in ipairs(commands) do
    redis.call(unpack(command))
  end
  return 'OK'
end
