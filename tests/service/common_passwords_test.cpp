// SPDX-License-Identifier: Apache-2.0
#include "service/common_passwords.hpp"

#include <catch2/catch.hpp>

#include <string>

using chayan::service::is_guessed_first;

TEST_CASE("a password of one or two of the most common ones is guessed first") {
    for (const char* password : {
             "passwordpassword", "PasswordDragon", "monkey-letmein", "iloveyou.iloveyou", "qwertyuiop12", "password1234", "Password2020!", "admin1234567",
             "woaini1314520", "chayanchayan", "dingzhou2020", "5201314woaini", "1qaz2wsx3edc", "Administrator", "dragondragondragon",
         }) {
        CAPTURE(password);
        CHECK(is_guessed_first(password, "wang"));
    }
}

TEST_CASE("a row of characters is guessed first, whichever way it runs and however often it is said") {
    for (const char* password : {
             "123456789012", "1234567890123", "987654321098", "abcdefghijkl", "lkjihgfedcba", "111111111111", "aaaaaaaaaaaa", "............",
             "123123123123", "aaaaaaaaaaab", "123456789012x", "x1234567890123y", "0123456789ab", "aaaabbbbbbbb", "123456abcdef", "abcabcabcabcab",
         }) {
        CAPTURE(password);
        CHECK(is_guessed_first(password, "wang"));
    }
}

TEST_CASE("the login with little around it is guessed first") {
    CHECK(is_guessed_first("wangwei12345", "wangwei"));
    CHECK(is_guessed_first("Wang.Wei-12345", "wang.wei"));
    CHECK(is_guessed_first("x9wangweiq7k", "wangwei"));
    CHECK_FALSE(is_guessed_first("x9wangweiq7k2", "wangwei"));
    CHECK(is_guessed_first("wangweidragon", "wangwei"));
    CHECK_FALSE(is_guessed_first("kq7wxbwanmv93", "wan"));
}

TEST_CASE("words that have nothing to do with each other are not guessed first") {
    for (const char* password : {
             "correct horse battery staple", "monkey-letmein-dragon", "vfq9mzk2xwpa", "xq1234567890123y", "tomato lantern bridge", "password 1234 dragon x", "红灯笼挂在老槐树下",
         }) {
        CAPTURE(password);
        CHECK_FALSE(is_guessed_first(password, "wang"));
    }
}

TEST_CASE("the longest password is looked at in full and a longer one to its limit") {
    std::string long_one;
    while (long_one.size() < 128) long_one += "password";
    CHECK(is_guessed_first(long_one, "wang"));
    CHECK(is_guessed_first(long_one + "zzqqxx", "wang"));
    long_one.replace(60, 4, "qzvx");
    CHECK_FALSE(is_guessed_first(long_one, "wang"));
}
