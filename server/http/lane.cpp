// SPDX-License-Identifier: Apache-2.0
#include "http/lane.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "http/session.hpp"

namespace chayan::http {

thread_local const Mailbox* this_thread_mailbox = nullptr;

Lane::Lane(const ServerOptions& o, Handler& h, const HostNames& n, Totals& t, unsigned index)
    : options(o), handler(h), hosts(n), totals(t), mailbox(std::make_shared<Mailbox>(io)), next_request_id(index + 1) {}

void Mailbox::put(Session& session, Response&& response) noexcept {
    const std::lock_guard lock(mutex_);
    if (io_ == nullptr) return;
    session.reply_ = std::move(response);
    add(session);
}

void Mailbox::put(Session& session, std::string&& piece) noexcept {
    const std::lock_guard lock(mutex_);
    if (io_ == nullptr) return;
    session.piece_ = std::move(piece);
    add(session);
}

void Mailbox::add(Session& session) noexcept {
    auto self = session.shared_from_this();
    Session* const previous = std::exchange(last_, &session);
    (previous != nullptr ? previous->next_mail_ : first_) = std::move(self);
    if (is_posted_) return;
    try {
        boost::asio::post(*io_, [self = shared_from_this()] { self->deliver(); });
        is_posted_ = true;
    } catch (...) {  // no memory to wake it: the next tick delivers
    }
}

void Mailbox::deliver() {
    std::shared_ptr<Session> next;
    {
        const std::lock_guard lock(mutex_);
        next = std::move(first_);
        last_ = nullptr;
        is_posted_ = false;
    }
    while (next) {
        const auto session = std::exchange(next, nullptr);
        next = std::move(session->next_mail_);
        session->is_mail_ready_ = true;
        session->run();
    }
}

void Mailbox::close() {
    std::shared_ptr<Session> dropped;  // without the lock: what a response holds may have a word of its own when it goes
    {
        const std::lock_guard lock(mutex_);
        io_ = nullptr;
        last_ = nullptr;
        dropped = std::move(first_);
    }
    while (dropped) dropped = std::exchange(dropped->next_mail_, nullptr);
}

}  // namespace chayan::http
