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
-- Ring. Beside the lock lie the last RING_SIZE writes, each as
-- "<version>:<operation id>", the operation id in 16 hex digits. A copy of a write
-- that was applied already finds itself there. Versions are written out because a
-- Charon node raises the lock without writing to the ring. How the ring lies there,
-- and who wrote a version by it, is the layout's.
--
-- Time is the server's. A write carries a deadline and does nothing after it.
--
-- Texts of numbers are calculated with as they are where they must be numbers: Lua
-- converts them at less cost than tonumber, and raises an error if they are none.

local TOMBSTONE = '9007199254740991'
local TOMBSTONE_SECONDS = 30
local LONGEST_DEADLINE_SECONDS = 10

local RING_SIZE = 4

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

local function in_ms(time)
  return time[1] * 1000 + time[2] / 1000
end

-- Whole seconds, and milliseconds with their fraction.
local function server_time()
  local time = redis.call('TIME')
  return time[1] + 0, in_ms(time)
end

-- The reply to a write whose deadline has passed, else nil. With a second or more
-- left the fraction does not matter.
local function late(time, deadline)
  local left = deadline - time[1] * 1000
  if left >= 1000 or left >= time[2] / 1000 then return nil end
  return string.format('LATE %.0f', math.floor(in_ms(time)))
end

local function within_range(expiry)
  if #expiry >= #LATEST_EXPIRY and expiry - LATEST_EXPIRY > 0 then return LATEST_EXPIRY end
  return expiry
end

-- The answers where the version is taken, by who wrote it: 'me', 'other', or
-- 'unknown' where the ring cannot tell.
local ANSWER_TO_COPY = {me = 'DUP', other = 'CONFLICT', unknown = 'OLD'}
local ANSWER_IN_DOUBT = {me = 'APPLIED', other = 'NOT_APPLIED', unknown = 'UNKNOWN'}

-- Why new_lock may not be written; nil if it may. TAKEN: by whom, the ring says.
local function refusal(lock, new_lock)
  if not lock then
    if new_lock == '1' then return nil end
    return 'GONE'
  end
  if lock == TOMBSTONE then return 'GONE' end
  local version, wanted = tonumber(lock), new_lock + 0
  if version and version + 1 == wanted then return nil end
  if not string.find(lock, '^%d+$') then return 'CORRUPT' end
  -- A lock behind the caller's: the server was rolled back by a failover.
  if version < wanted then return 'CONFLICT' end
  return 'TAKEN'
end

-- What became of a write of new_lock whose reply was lost. Once its deadline has
-- passed no copy can take effect any more, so the answer is final.
--
--   PENDING      the deadline has not passed: ask again after it
--   TAKEN        the version was written, by whom, the ring says: APPLIED,
--                NOT_APPLIED, or UNKNOWN
--   NOT_APPLIED  the lock is still lower; or it was a first write, nothing is
--                stored, and a delete in between would still have its tombstone
--                (what has expired since, and what a Charon node deleted, counts
--                as not applied: there is no session, and none will come)
--   UNKNOWN      the rest: deleted; gone although it must have been there before;
--                not a number
local function resolution(lock, new_lock, deadline, now_ms)
  local after = now_ms - tonumber(deadline)
  if after <= 0 then return 'PENDING' end
  if not lock then
    if tonumber(new_lock) == 1 and after <= TOMBSTONE_PROOF_MS then return 'NOT_APPLIED' end
    return 'UNKNOWN'
  end
  if lock == TOMBSTONE or not string.find(lock, '^%d+$') then return 'UNKNOWN' end
  if tonumber(lock) < tonumber(new_lock) then return 'NOT_APPLIED' end
  return 'TAKEN'
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
