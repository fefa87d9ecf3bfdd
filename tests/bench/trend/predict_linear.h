// What Prometheus says of the same data: predict_linear and deriv, an ordinary least-squares line
// through every sample of the window (promql/functions.go, linearRegression).
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace airflow_host::bench {

/// A sliding window of samples.
class LinearPrediction {
 public:
  explicit LinearPrediction(double window_seconds) : window_(window_seconds) {}

  void Add(double seconds, double value) {
    samples_.emplace_back(seconds, value);
    Count(samples_.back(), 1);
    while (samples_.front().first <= seconds - window_) {
      Count(samples_.front(), -1);
      samples_.pop_front();
    }
  }

  /// deriv(v[window]).
  double Slope() const {
    const auto n = static_cast<double>(samples_.size());
    const double spread = sum_tt_ - sum_t_ * sum_t_ / n;
    return spread > 0 ? (sum_tv_ - sum_t_ * sum_v_ / n) / spread : 0;
  }

  /// predict_linear(v[window], ahead).
  double Predict(double ahead) const {
    const auto n = static_cast<double>(samples_.size());
    return sum_v_ / n + Slope() * (samples_.back().first + ahead - sum_t_ / n);
  }

 private:
  void Count(const std::pair<double, double>& sample, double sign) {
    const auto& [time, value] = sample;
    sum_t_ += sign * time;
    sum_v_ += sign * value;
    sum_tt_ += sign * time * time;
    sum_tv_ += sign * time * value;
  }

  double window_;
  std::deque<std::pair<double, double>> samples_;
  double sum_t_ = 0;
  double sum_v_ = 0;
  double sum_tt_ = 0;
  double sum_tv_ = 0;
};

}  // namespace airflow_host::bench
