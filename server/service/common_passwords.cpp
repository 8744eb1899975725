// SPDX-License-Identifier: Apache-2.0
#include "service/common_passwords.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "kit/limits.hpp"

namespace chayan::service {

extern const std::string_view password_list;

namespace {

constexpr std::size_t word_chars_min = 3;   // shorter ones in the list would make a piece of anything
constexpr std::size_t free_digits_max = 4;  // a year, a PIN
constexpr int pieces_max = 2, piece_cost = 2, cost_max = pieces_max * piece_cost;   // a character that fits nothing costs half a piece
constexpr std::size_t login_chars_min = 4, around_chars = 6;

// What a list from elsewhere lacks: words of this product, and what is typed here.
constexpr std::string_view local_words[] = {
    "chayan", "dingzhou", "hebei", "baoding", "yiqing", "fangyi", "saoma", "guanli", "guanliyuan", "mima", "woaini", "woaizhongguo", "zhongguo",
    "1314", "520", "1314520", "5201314", "520520", "5211314", "7758521", "147258369", "1qaz2wsx3edc", "1q2w3e4r5t6y", "qazwsxedc", "administrator",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Lower case; signs and spaces fall out. Whatever is not ASCII stays, and is in no list.
std::string folded(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80) out.push_back(c);
    }
    return out;
}

const std::unordered_set<std::string>& words() {
    static const auto all = [] {
        std::unordered_set<std::string> made;
        for (const auto word : local_words) made.emplace(word);
        for (std::size_t begin = 0; begin < password_list.size();) {
            const auto end = std::min(password_list.find('\n', begin), password_list.size());
            const auto line = password_list.substr(begin, end - begin);
            begin = end + 1;
            if (line.starts_with("#!comment")) continue;
            auto word = folded(line);
            if (word.size() >= word_chars_min) made.insert(std::move(word));
        }
        return made;
    }();
    return all;
}

/// Each character one after the one before, up, down or the same; 0 comes after 9.
bool is_row(std::string_view piece) {
    if (piece.size() < word_chars_min) return false;
    const auto step = [](char from, char to) {
        if (is_digit(from) && is_digit(to)) return (to - from + 10) % 10;
        return is_letter(from) && is_letter(to) ? to - from : from == to ? 0 : 99;
    };
    const int first = step(piece[0], piece[1]);
    if (first != 0 && first != 1 && first != -1 && first != 9) return false;
    for (std::size_t i = 1; i + 1 < piece.size(); ++i)
        if (step(piece[i], piece[i + 1]) != first) return false;
    return true;
}

bool is_piece(std::string_view piece, std::string_view login) {
    if (piece.size() <= free_digits_max && std::all_of(piece.begin(), piece.end(), is_digit)) return true;
    if (piece.size() < word_chars_min) return false;
    return is_row(piece) || piece == login || words().contains(std::string(piece));
}

/// Its shortest period: "abcabc" is "abc".
std::string_view once(std::string_view text) {
    for (std::size_t period = 1; 2 * period <= text.size(); ++period)
        if (text.substr(period) == text.substr(0, text.size() - period)) return text.substr(0, period);
    return text;
}

}  // namespace

bool is_guessed_first(std::string_view password, std::string_view login) {
    const auto all = folded(password.substr(0, kit::password_chars_max));
    const auto own = folded(login);
    const auto is_few_pieces = [&own](std::string_view text) {
        // cheapest[i]: what the first i characters cost at least.
        std::vector<int> cheapest(text.size() + 1, cost_max + 1);
        cheapest[0] = 0;
        for (std::size_t begin = 0; begin < text.size(); ++begin) {
            cheapest[begin + 1] = std::min(cheapest[begin + 1], cheapest[begin] + 1);
            if (cheapest[begin] + piece_cost > cost_max) continue;
            for (std::size_t end = begin + 1; end <= text.size(); ++end)
                if (is_piece(text.substr(begin, end - begin), own)) cheapest[end] = std::min(cheapest[end], cheapest[begin] + piece_cost);
        }
        return cheapest[text.size()] <= cost_max;
    };
    const bool is_login_with_little_around = own.size() >= login_chars_min && all.find(own) != std::string::npos && all.size() < own.size() + around_chars;
    return is_login_with_little_around || is_few_pieces(all) || is_few_pieces(once(all));
}

}  // namespace chayan::service
