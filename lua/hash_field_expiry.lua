-- Sessions in one hash per user and type (Charon 4's layout), each field with its
-- own expiry. Needs HSETEX: Redis 8, Valkey 9.
--
--   KEYS[1]    hash P.U.T (key prefix, user id, type)
--     <id>     stored session       l.<id>   lock       l.l.<id>   write ring
--
-- Functions, their ARGV and replies (texts are bulk strings; the rules behind the
-- words are those above, in this order):
--
--   upsert         id new_lock session expiry op deadline_ms
--                  LATE <server ms> | GONE | CORRUPT | DUP | CONFLICT | OLD |
--                  EXPIRED | OK. expiry: Unix seconds, later than the server's
--                  clock, else EXPIRED. op: 16 hex digits. deadline_ms: Unix
--                  milliseconds of the server's clock.
--   upsert_charon  id new_lock session expiry
--                  OK | CONFLICT | CORRUPT, by Charon's rule, bit for bit: no ring,
--                  no look at the clock
--   delete         id        1 if the session was there, else 0
--   delete_named   id...     number of sessions removed
--   delete_others  id        the same, for all but this one
--   delete_all               the same, for all
--   delete_charon  id        1 or 0; leaves no tombstone, as Charon does
--   delete_all_charon        number of sessions removed
--   resolve        id new_lock op deadline_ms
--                  PENDING | APPLIED | NOT_APPLIED | UNKNOWN
--   probe          expiry    OK | DENIED <command> | MISSING <command> | EXPIRED,
--                  on a key that nothing else uses; leaves nothing behind
--
-- A function writes once, after every check, so an error means nothing was
-- written. Those that delete leave a tombstone first, and may run when memory is
-- full. Expired fields are absent for every command used here, but HDEL and HLEN
-- may still count them: neither is asked for a number.

local function lock_field(id)
  return 'l.' .. id
end

local function ring_field(id)
  return 'l.l.' .. id
end

register('upsert', function(keys, args)
  local key, id, new_lock, expiry, op = keys[1], args[1], args[2], args[4], args[5]
  local time = redis.call('TIME')
  local too_late = late(time, args[6])
  if too_late then return too_late end
  -- lock_field and ring_field, written out for the most frequent call.
  local lock_of, ring_of = 'l.' .. id, 'l.l.' .. id
  local stored = redis.call('HMGET', key, lock_of, ring_of)
  local lock, ring = stored[1], stored[2]
  local refused = refusal(lock, ring, new_lock, op)
  if refused then return refused end
  -- HSETEX answers success to an expiry in the past and deletes the fields.
  if expiry - time[1] <= 0 then return 'EXPIRED' end
  redis.call('HSETEX', key, 'EXAT', within_range(expiry), 'FIELDS', '3', id, args[3],
    lock_of, new_lock, ring_of, ring_with(lock and ring, new_lock, op))
  return 'OK'
end)

register('upsert_charon', function(keys, args)
  local key, id, new_lock = keys[1], args[1], args[2]
  local lock_of = lock_field(id)
  local refused = charon_refusal(redis.call('HGET', key, lock_of), new_lock)
  if refused then return refused end
  redis.call('HSETEX', key, 'EXAT', args[4], 'FIELDS', '2', id, args[3], lock_of, new_lock)
  return 'OK'
end)

local function bury(key, ids)
  in_portions(ids, function(portion)
    local tombstones, fields = {}, {}
    for i, id in ipairs(portion) do
      tombstones[2 * i - 1], tombstones[2 * i] = lock_field(id), TOMBSTONE
      fields[2 * i - 1], fields[2 * i] = id, ring_field(id)
    end
    redis.call('HSETEX', key, 'EX', TOMBSTONE_SECONDS, 'FIELDS', #portion, unpack(tombstones))
    redis.call('HDEL', key, unpack(fields))
  end)
end

-- Every id of which the hash has a trace, but for one; and how many have a session.
local function ids_but(key, kept)
  local ids, seen, sessions = {}, {}, 0
  for _, field in ipairs(redis.call('HKEYS', key)) do
    local id = string.match(field, '^l%.l%.(.*)$') or string.match(field, '^l%.(.*)$') or field
    if id ~= kept then
      if id == field then sessions = sessions + 1 end
      if not seen[id] then
        seen[id] = true
        ids[#ids + 1] = id
      end
    end
  end
  return ids, sessions
end

register('delete', function(keys, args)
  local present = redis.call('HEXISTS', keys[1], args[1])
  bury(keys[1], {args[1]})
  return present
end, {'allow-oom'})

register('delete_named', function(keys, args)
  local sessions = 0
  for _, id in ipairs(args) do
    sessions = sessions + redis.call('HEXISTS', keys[1], id)
  end
  bury(keys[1], args)
  return sessions
end, {'allow-oom'})

register('delete_others', function(keys, args)
  local ids, sessions = ids_but(keys[1], args[1])
  bury(keys[1], ids)
  return sessions
end, {'allow-oom'})

register('delete_all', function(keys)
  local ids, sessions = ids_but(keys[1], nil)
  bury(keys[1], ids)
  return sessions
end, {'allow-oom'})

register('delete_charon', function(keys, args)
  local present = redis.call('HEXISTS', keys[1], args[1])
  redis.call('HDEL', keys[1], args[1], lock_field(args[1]))
  return present
end, {'allow-oom'})

register('delete_all_charon', function(keys)
  local _, sessions = ids_but(keys[1], nil)
  redis.call('DEL', keys[1])
  return sessions
end, {'allow-oom'})

register('resolve', function(keys, args)
  local _, now_ms = server_time()
  local stored = redis.call('HMGET', keys[1], lock_field(args[1]), ring_field(args[1]))
  return resolution(stored[1], stored[2], args[2], args[3], args[4], now_ms)
end, {'no-writes'})

-- HGETALL is not used above: the store itself sends it, as the same user.
register('probe', function(keys, args)
  local key = keys[1]
  return self_test(args[1], {
    {'TIME'},
    {'HSETEX', key, 'EXAT', args[1], 'FIELDS', '1', 'probe', '1'},
    {'HSETEX', key, 'EX', TOMBSTONE_SECONDS, 'FIELDS', '1', 'l.probe', '1'},
    {'HGET', key, 'probe'},
    {'HMGET', key, 'probe', 'l.probe'},
    {'HEXISTS', key, 'probe'},
    {'HKEYS', key},
    {'HGETALL', key},
    {'HDEL', key, 'probe'},
    {'DEL', key},
  })
end, {'allow-oom'})
