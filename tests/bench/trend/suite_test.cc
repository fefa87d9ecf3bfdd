#include <gtest/gtest.h>
TEST(Suite, Stands) {}
