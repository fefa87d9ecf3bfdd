#include "collectors/host/swaps.h"

#include <gtest/gtest.h>

#include <string>

namespace airflow_host {
namespace {

std::vector<SwapDevice> Parse(std::string_view text) {
  std::vector<SwapDevice> devices;
  ParseSwaps(text, devices);
  return devices;
}

constexpr char kHeader[] = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

TEST(ParseSwaps, GivesFilesAndPartitions) {
  const auto devices =
      Parse(std::string(kHeader) +
            "/dev/nvme0n1p2                          partition\t1048572\t\t125672\t\t-2\n"
            "/srv/swap\\040area/swap\\040file          file\t\t2097144\t\t0\t\t5\n");
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].path, "/dev/nvme0n1p2");
  EXPECT_FALSE(devices[0].is_file);
  EXPECT_EQ(devices[0].size_bytes, 1073737728U);
  EXPECT_EQ(devices[0].used_bytes, 128688128U);
  EXPECT_EQ(devices[1].path, "/srv/swap area/swap file");
  EXPECT_TRUE(devices[1].is_file);
  EXPECT_EQ(devices[1].used_bytes, 0U);
}

TEST(ParseSwaps, GivesNothingWithoutSwap) {
  EXPECT_TRUE(Parse(kHeader).empty());
  EXPECT_TRUE(Parse("").empty());
}

TEST(ParseSwaps, LeavesTornLinesOut) {
  using std::string_literals::operator""s;
  const std::string cases[] = {"/swapfile",
                               "/swapfile file\n",
                               "/swapfile file\t209",
                               "/swapfile file\t2097148\t70",
                               "/swapfile file\t2097148\t704512\tx\n",
                               "/swapfile file\t2097148\t704512\t-2\0\n"s,
                               "\0\0\0\0"s,
                               " \t \t \n"};
  for (const std::string& text : cases) EXPECT_TRUE(Parse(text).empty()) << text;
}

TEST(ParseSwaps, LeavesNumbersThatDoNotFitEmpty) {
  const auto devices = Parse("/swapfile file 18446744073709551615 -1 -2\n");
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].size_bytes, std::nullopt);
  EXPECT_EQ(devices[0].used_bytes, std::nullopt);
}

TEST(ParseSwaps, ReplacesWhatItIsGiven) {
  std::vector<SwapDevice> devices = {{"/old", false, 1, 1}, {"/older", false, std::nullopt, 2}};
  ParseSwaps("/swapfile file 4 0 -2\n", devices);
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].path, "/swapfile");
  EXPECT_TRUE(devices[0].is_file);
  EXPECT_EQ(devices[0].size_bytes, 4096U);
  EXPECT_EQ(devices[0].used_bytes, 0U);
}

TEST(ParseSwaps, StopsAtTheKernelsOwnLimit) {
  std::string text = kHeader;
  for (int i = 0; i < 100; ++i) text += "/swap" + std::to_string(i) + " file 4 0 -2\n";
  EXPECT_EQ(Parse(text).size(), kMostSwapDevices);
}

}  // namespace
}  // namespace airflow_host
