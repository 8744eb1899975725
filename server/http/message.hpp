// SPDX-License-Identifier: Apache-2.0
// What the product sees of HTTP: a request, a response, and the Reply that sends it. Knows no Beast and no Asio.
// Values; a Reply may be called from any thread, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chayan::http {

enum class Method : std::uint8_t { get, head, post, patch, del, other };   ///< other: OPTIONS, PUT; no endpoint takes them

struct Header {
    std::string name;
    std::string value;
};

/// What is known before the body is read, already checked: the path is percent-decoded once, starts with '/', has no
/// empty, "." or ".." segment (a trailing slash aside) and is UTF-8 without control characters; query names are unique
/// and decoded.
struct Head {
    Method method = Method::get;
    std::string path;
    std::vector<Header> query;
    std::string authorization;    ///< the header's value, or empty
    std::string cookie;           ///< the header's value, or empty
    std::string csrf_token;       ///< X-CSRF-Token, or empty
    std::string fetch_site;       ///< Sec-Fetch-Site, or what Origin says in its words, or empty
    std::string accept_language;  ///< or empty
    std::string accept_encoding;  ///< lower case, or empty
    std::string last_event_id;    ///< of an event stream that begins again, or empty
    bool takes_html = false;      ///< Accept names text/html, as browsers do that open an address
    std::string content_type;     ///< lower case, without parameters; empty when absent
    std::string content_encoding; ///< lower case; empty when absent or identity
    std::uint64_t content_length = 0;
    std::string client;           ///< the client's address as text, IPv4 or IPv6; never in a log or an answer
    std::string neighbourhood;    ///< of `client`: its /24 or /48 as text; as secret as that
    std::uint64_t request_id = 0; ///< unique in this process, for error bodies and the log
};

struct Request : Head {
    std::string body;
    std::shared_ptr<const void> room{};   ///< counts the body among those held in memory for as long as it lives: keep both or neither
};

/// A body too large to hold: its length is known before the first byte leaves, its bytes are asked for piece by piece.
class BodySource {
public:
    /// Also the cancellation: the client has gone, or has all it asked for. Any thread, also while a read is under way; never blocks.
    virtual ~BodySource() = default;
    /// The same each time.
    virtual std::uint64_t size() const = 0;
    /// Io thread, never blocks; not called again before `done`, and not after all bytes have come. `done` is called once, from
    /// any thread, now or later, with the bytes that follow those read before, at most `bytes_max`; with none, or dropped
    /// without a call: reading failed, and the connection is cut, so that nobody takes a part for the whole.
    virtual void read(std::size_t bytes_max, std::function<void(std::string)> done) = 0;
};

/// The security headers of SECURITY S8-S12 and Content-Length are added by the server.
struct Response {
    int status = 200;
    std::string content_type;  ///< empty: no body
    std::string body;
    std::vector<Header> headers;
    bool close = false;        ///< close the connection after this answer
    std::shared_ptr<BodySource> stream{};  ///< instead of `body`, when it is there
};

/// Where a response goes; one per request.
class ReplySink {
public:
    virtual ~ReplySink() = default;
    /// Any thread. Takes the response to the session's own io thread; dropped when the client is gone.
    virtual void send(Response response) noexcept = 0;
    /// Any thread.
    virtual bool is_wanted() const noexcept { return true; }
};

/// Sends one response. Move-only. Destroyed without having been called, it sends an empty 500, so nobody waits for ever.
class Reply {
public:
    explicit Reply(std::shared_ptr<ReplySink> sink) : sink_(std::move(sink)) {}
    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&&) noexcept = default;
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply() {
        if (sink_) sink_->send(Response{500, {}, {}, {}, true});
    }
    /// Requires: not called before.
    void operator()(Response response) {
        const auto sink = std::exchange(sink_, nullptr);
        if (sink) sink->send(std::move(response));
    }
    /// Any thread, the price of one load. False once the client has gone (noticed within some two seconds): a long
    /// computation may stop, and is still to answer, with anything. Who has only closed its own side gets a short answer yet,
    /// but no stream.
    bool is_wanted() const noexcept { return sink_ && sink_->is_wanted(); }

private:
    std::shared_ptr<ReplySink> sink_;
};

/// The product's word on a head: read on (status 0, at most `body_bytes_max`), or refuse.
struct Admission {
    int status = 0;
    const char* code = "";          ///< for Handler::refusal
    std::size_t body_bytes_max = 0; ///< 0: a body is refused with 400
    std::string allow;              ///< for 405: the Allow header
    bool close = false;             ///< close after the refusal
};

/// The product, as the server sees it. Called on io threads: must never block.
class Handler {
public:
    virtual ~Handler() = default;
    virtual Admission admit(const Head& head) = 0;
    virtual void handle(Request request, Reply reply) = 0;
    /// The body of a refusal that the server itself decides (400, 408, 413, 414, 415, 417, 421, 431, 501, 503, …), in
    /// the reader's language. `code` is stable, e.g. "malformed_head".
    virtual Response refusal(int status, std::string_view code, std::string_view accept_language, std::uint64_t request_id) = 0;
};

}  // namespace chayan::http
