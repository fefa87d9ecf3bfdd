#include "exporter/insight/executors.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

TEST(Executors, FindsCeleryUnderAllItsNames) {
  struct Case {
    const char* setting;
    bool has_celery;
    bool celery_is_default;
  };
  const Case kCases[] = {
      {"CeleryExecutor", true, true},
      {"airflow.providers.celery.executors.celery_executor.CeleryExecutor", true, true},
      {"CeleryKubernetesExecutor", true, true},
      {"my_company.executors.TunedCeleryExecutor", true, true},
      {" LocalExecutor , CeleryExecutor ", true, false},
      {"KubernetesExecutor,CeleryExecutor", true, false},
      {"fast:my.module.TunedCeleryExecutor,LocalExecutor", true, true},
      {"LocalExecutor;team_a=CeleryExecutor", true, false},
      {"team_a=LocalExecutor,EdgeExecutor;CeleryExecutor", true, true},
      {"LocalExecutor", false, false},
      {"SequentialExecutor", false, false},
      {"LocalKubernetesExecutor", false, false},
      {"airflow.providers.edge3.executors.EdgeExecutor", false, false},
      // A module may be called after what its class is not.
      {"celery_tools.NullExecutor", false, false},
  };
  for (const auto& [setting, has_celery, celery_is_default] : kCases) {
    const Executors executors(setting);
    EXPECT_TRUE(executors.known()) << setting;
    EXPECT_EQ(executors.HasCelery(), has_celery) << setting;
    EXPECT_EQ(executors.IsCelerys(""), celery_is_default) << setting;
  }
}

TEST(Executors, KnowsWhereAllTasksAreCelerys) {
  EXPECT_TRUE(Executors("CeleryExecutor").OnlyCelery());
  EXPECT_TRUE(Executors("CeleryExecutor,fast:acme.TunedCeleryExecutor").OnlyCelery());
  EXPECT_FALSE(Executors("").OnlyCelery());
  EXPECT_FALSE(Executors("CeleryKubernetesExecutor").OnlyCelery());
  EXPECT_FALSE(Executors("CeleryExecutor,KubernetesExecutor").OnlyCelery());
  EXPECT_FALSE(Executors("CeleryExecutor;team_a=LocalExecutor").OnlyCelery());
}

TEST(Executors, TellsTasksApartByNameAliasAndPath) {
  const Executors executors(
      "CeleryExecutor,pods:airflow.providers.cncf.kubernetes.executors.kubernetes_executor."
      "KubernetesExecutor,small:LocalExecutor,tuned:my.module.TunedCeleryExecutor");
  for (const char* name :
       {"CeleryExecutor", "tuned", "my.module.TunedCeleryExecutor", "TunedCeleryExecutor",
        "airflow.providers.celery.executors.celery_executor.CeleryExecutor"}) {
    EXPECT_TRUE(executors.IsCelerys(name)) << name;
  }
  const std::string kubernetes_path =
      "airflow.providers.cncf.kubernetes.executors.kubernetes_executor.KubernetesExecutor";
  for (const std::string& name :
       {std::string("pods"), std::string("KubernetesExecutor"), kubernetes_path,
        std::string("small"), std::string("LocalExecutor")}) {
    EXPECT_FALSE(executors.IsCelerys(name)) << name;
  }
}

TEST(Executors, JudgesWhatIsNotConfiguredAsTheChartsQueryDoes) {
  for (const char* setting : {"", "CeleryExecutor", " ; , "}) {
    const Executors executors(setting);
    EXPECT_TRUE(executors.IsCelerys("")) << setting;
    EXPECT_TRUE(executors.IsCelerys("removed_alias")) << setting;
    EXPECT_FALSE(executors.IsCelerys("KubernetesExecutor")) << setting;
    EXPECT_FALSE(executors.IsCelerys("EdgeExecutor")) << setting;
    EXPECT_FALSE(executors.IsCelerys("airflow.providers.edge3.executors.EdgeExecutor")) << setting;
  }
  EXPECT_FALSE(Executors("").known());
  EXPECT_FALSE(Executors("").HasCelery());
}

TEST(Executors, KnowsTheOneThatGoesByQueues) {
  const Executors named("CeleryKubernetesExecutor", "pods");
  EXPECT_TRUE(named.GivesToKubernetes("pods"));
  EXPECT_FALSE(named.GivesToKubernetes("kubernetes"));
  EXPECT_TRUE(Executors("airflow.providers.celery.executors.celery_kubernetes_executor."
                        "CeleryKubernetesExecutor")
                  .GivesToKubernetes("kubernetes"))
      << "Airflow's default";
  EXPECT_FALSE(Executors("CeleryExecutor,KubernetesExecutor").GivesToKubernetes("kubernetes"));
  EXPECT_FALSE(Executors("").GivesToKubernetes("kubernetes"));
}

}  // namespace
}  // namespace airflow_host
