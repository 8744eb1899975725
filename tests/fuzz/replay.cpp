// SPDX-License-Identifier: Apache-2.0
// Runs a fuzzer's function over its corpus with any compiler, so that what was once found is looked at in every test run;
// then over every prefix and some bent bytes of it. Ends with what it did; an abort names no input, the corpus is small.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count);

namespace {

std::size_t runs = 0;

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    ++runs;
}

void run_bent(std::string input) {
    for (std::size_t i = 0; i < input.size(); ++i) {
        run(input.substr(0, i));
        const char kept = input[i];
        for (const char bent : {'\0', '\n', ' ', '9', '\x80', '\xff'}) {
            input[i] = bent;
            run(input);
        }
        input[i] = kept;
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2 || !std::filesystem::is_directory(arguments[1])) {
        std::cerr << "usage: NAME_fuzz CORPUS\n";
        return 2;
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string input{std::istreambuf_iterator<char>(file), {}};
        run(input);
        if (input.size() <= 2048) run_bent(input);
        ++files;
    }
    std::cout << files << " inputs, " << runs << " runs\n";
    return files == 0 ? 1 : 0;
}
