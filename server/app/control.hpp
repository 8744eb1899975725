// SPDX-License-Identifier: Apache-2.0
// The Unix socket in the data directory: commands that need the running server ask it there. Its mode is 0600: whoever may
// read the data directory may administer. One request a connection, lines of text:
//
//   WORD, then its arguments, a line each                                    asks
//   progress DOING DONE TOTAL     any number of them, while it takes         answers
//   told TEXT                     what was asked for, if it was anything
//   ok | refused CODE [POINTER] | failed SENTENCE      last
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "kit/result.hpp"

namespace chayan::app {

/// Told what the server is doing, and how much of it is done.
using Progress = std::function<bool(const char* doing, std::uint64_t done, std::uint64_t total)>;

/// Asks the server of this data directory and waits. An Error's code and pointer are the server's. Throws with a sentence when nobody
/// answers, or when the server failed at it. Requires: no argument holds a line break (refused as malformed).
/// `told` is given what the server tells.
kit::Status ask_server(const std::string& data, const std::string& word, const std::vector<std::string>& arguments, const Progress& progress = {}, std::string* told = nullptr);

/// Who asked; movable to another thread. Closing without an answer tells that nobody answered.
class Peer {
public:
    explicit Peer(int fd) : fd_(fd) {}
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    /// False when nobody listens any more.
    bool progress(const char* doing, std::uint64_t done, std::uint64_t total);
    /// Before the answer. Requires: one line.
    bool tell(const std::string& text);
    void answer(const kit::Status& status);
    void fail(const std::string& sentence);

private:
    bool send(const std::string& line);
    int fd_;
};

class Control {
public:
    /// Called on the control thread; what takes long goes elsewhere with the peer.
    using Handler = std::function<void(const std::vector<std::string>& arguments, std::shared_ptr<Peer> peer)>;
    /// Throws with a sentence when the socket can't be made.
    Control(const std::string& data, std::map<std::string, Handler> handlers);
    ~Control();
    /// Answers until stopped; blocks.
    void run(const std::stop_token& stop);

private:
    std::string path_;
    std::map<std::string, Handler> handlers_;
    int fd_ = -1;
};

}  // namespace chayan::app
