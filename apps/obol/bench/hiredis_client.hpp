#pragma once

#include "bench/dataset.hpp"
#include "bench/load_run.hpp"
#include "bench/raw_link.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace obol::bench {

/// What plain hiredis does.
struct hiredis_plan {
  /// HGET of the sessions that are there, else FCALL upsert: refreshes of one
  /// session, version after version, as a client of the workload `upsert`.
  bool reads = true;

  /// Connections, each with a thread of its own.
  std::size_t connections = 1;

  /// Requests under way on each: a reply makes room for the next one.
  std::size_t depth = 1;

  /// Whether each reply is verified and decoded, each upsert encoded and
  /// signed. Otherwise prepared bytes are sent and replies are dropped.
  bool with_payload_work = false;

  /// See `dataset::own_numbers`.
  std::uint64_t load = 0;
};

/// One connection of plain hiredis and what is under way on it.
class hiredis_client {
public:
  /// A request that was answered.
  struct answered {
    /// When it was due, as it was sent with.
    steady::time_point since;

    bool is_good = false;
  };

  hiredis_client(const options& settings, const dataset& data,
                 const hiredis_plan& plan, std::uint64_t number);

  raw_link& link() {
    return link_;
  }

  /// How many requests were sent and not answered.
  std::size_t due() const {
    return due_.size();
  }

  /// Appends the next request.
  void send(steady::time_point since);

  /// Takes the next reply to what it belongs to, and reads it if that is to be
  /// done.
  answered take(const redisReply& reply);

private:
  struct request_due {
    steady::time_point since;
    session_key key;
  };

  std::string seal();
  bool is_good(const redisReply& reply, const session_key& key);

  raw_link link_;
  const dataset& data_;
  const hiredis_plan plan_;
  session_sealer sealer_;
  std::uint64_t next_;
  session mine_;
  std::string sealed_;
  std::deque<request_due> due_;
};

} // namespace obol::bench
