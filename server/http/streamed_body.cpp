// SPDX-License-Identifier: Apache-2.0
#include "http/streamed_body.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "http/session.hpp"
#include "kit/check.hpp"

namespace chayan::http {
namespace {

/// The answer to one read. It keeps the session until it is given, as nothing else may while the client waits; a source
/// that drops its callback has failed, and one that calls twice is heard once.
class Awaited {
public:
    explicit Awaited(std::shared_ptr<Session> session) : session_(std::move(session)) {}
    Awaited(const Awaited&) = delete;
    Awaited& operator=(const Awaited&) = delete;
    ~Awaited() { give({}); }
    void give(std::string bytes) noexcept {
        if (is_given_.test_and_set()) return;
        const auto session = std::exchange(session_, nullptr);
        session->send_piece(std::move(bytes));
    }

private:
    std::atomic_flag is_given_ = ATOMIC_FLAG_INIT;
    std::shared_ptr<Session> session_;
};

}  // namespace

StreamedBody::StreamedBody(std::shared_ptr<BodySource> source) : source_(std::move(source)), left_(source_->size()) { CHECK(left_ > 0); }

void StreamedBody::ask(const std::shared_ptr<Session>& session) {
    if (is_complete()) return;
    const auto awaited = std::make_shared<Awaited>(session);
    const auto bytes_max = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_bytes_max));
    source_->read(bytes_max, [awaited](std::string bytes) { awaited->give(std::move(bytes)); });
}

bool StreamedBody::accept(std::size_t bytes) {
    if (bytes == 0 || bytes > std::min<std::uint64_t>(left_, piece_bytes_max)) return false;
    left_ -= bytes;
    if (is_complete()) source_.reset();
    return true;
}

}  // namespace chayan::http
