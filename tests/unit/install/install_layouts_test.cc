// How the images, environments and distributions lay Airflow out, and what is found in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "collectors/component/install/install_process.h"
#include "tests/unit/install/install_fixture.h"

namespace airflow_host {
namespace {

constexpr const char* kLocal = "/image/home/airflow/.local/lib/python3.12/site-packages";

class InstallLayouts : public testing::Test {
 protected:
  InstallLook Look(const FakeInstallProcess& process) const {
    tree_.Put(process);
    return LookAgain(process, std::nullopt);
  }
  InstallLook LookAgain(const FakeInstallProcess& process,
                        const std::optional<KnownVariables>& known) const {
    auto look = LookAtInstall(tree_.procfs(), process.pid, process.start, known);
    EXPECT_TRUE(look) << look.error().message;
    return look ? *std::move(look) : InstallLook{};
  }

  static std::string Text(const MaybeInstallValue<std::string>& value) {
    if (!value) return "";
    return value->value + " " + std::string(InstallSourceName(value->source));
  }

  /// A standard library in `folder` that root owns, as an image has it.
  void Stdlib(const std::string& folder, bool compiled) const {
    tree_.Write(folder + "/os.py", "");
    tree_.Folder(folder + "/__pycache__");
    if (compiled) tree_.Write(folder + "/__pycache__/os.cpython-312.pyc", "");
    std::filesystem::permissions(tree_.tree().root() + folder + "/__pycache__",
                                 std::filesystem::perms(0755));
  }

  InstallTree tree_;
};

TEST_F(InstallLayouts, OfficialImage210) {
  tree_.Package(kLocal, "apache_airflow-2.10.5");
  tree_.Package(kLocal, "apache_airflow_providers_celery-3.10.0");
  tree_.Package(kLocal, "celery-5.4.0");
  Stdlib("/image/usr/local/lib/python3.12", false);
  tree_.Write("/image/opt/airflow/airflow.cfg",
              "[core]\nexecutor = LocalExecutor\nparallelism = 48\n"
              "[database]\nsql_alchemy_conn = postgresql://u:secret@h/d\n");
  FakeInstallProcess process;
  process.environ += "AIRFLOW__CORE__EXECUTOR=CeleryExecutor|PASSWORD=secret|";
  const auto look = Look(process);
  EXPECT_EQ(Text(look.facts.version), "2.10.5 dist-info");
  EXPECT_EQ(Text(look.facts.celery_provider), "3.10.0 dist-info");
  EXPECT_EQ(Text(look.facts.python), "3.12 exe");
  EXPECT_EQ(Text(look.facts.executor), "CeleryExecutor environ");
  EXPECT_EQ(look.facts.number(InstallNumber::kParallelism),
            (InstallValue<std::int64_t>{48, InstallSource::kConfigFile}));
  EXPECT_EQ(look.facts.number(InstallNumber::kNumRuns),
            (InstallValue<std::int64_t>{-1, InstallSource::kDefault}));
  EXPECT_EQ(look.facts.stdlib_bytecode_missing, true);
  EXPECT_FALSE(look.root_denied || look.environment_denied || look.config_denied);
  ASSERT_TRUE(look.variables);
  EXPECT_FALSE(look.variables->variables.contains("PASSWORD"));
}

TEST_F(InstallLayouts, OfficialImage30HasAnEmptyPackageBesideTheCore) {
  tree_.Package(kLocal, "apache_airflow-3.0.2");
  tree_.Package(kLocal, "apache_airflow_core-3.0.3");
  tree_.Package(kLocal, "apache_airflow_task_sdk-1.0.3");
  const auto look = Look({});
  EXPECT_EQ(Text(look.facts.version), "3.0.3 dist-info");
  EXPECT_EQ(Text(look.facts.executor), "LocalExecutor default");
  EXPECT_EQ(look.facts.stdlib_bytecode_missing, std::nullopt) << "there is no standard library";
}

TEST_F(InstallLayouts, OfficialImage313LacksTheCompiledLibraryAnd314HasIt) {
  FakeInstallProcess process;
  process.program = "/usr/python/bin/python3.12";
  tree_.Package(kLocal, "apache_airflow_core-3.1.3");
  Stdlib("/image/usr/python/lib/python3.12", false);
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, true);

  process.environ += "PYTHONDONTWRITEBYTECODE=1|";
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, false);
  process.environ = "PATH=/bin|PYTHONPYCACHEPREFIX=/tmp/cache|";
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, false) << "it writes elsewhere";
  process.environ = "PATH=/bin|PYTHONDONTWRITEBYTECODE=|";
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, true) << "empty is not set, for Python";
  process.environ = "|||||";
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, std::nullopt);
  process = {};
  process.program = "/usr/python/bin/python3.12";
  process.capabilities = "00000000a80425fb";
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, false) << "a root container writes it";
  process.capabilities = "0";
  process.user = ::geteuid();
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, false) << "its owner writes it";
  process.user = 50000;
  tree_.tree().Remove("/image/usr/python/lib/python3.12/__pycache__");
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, false) << "the name is the same each time";
  Stdlib("/image/usr/python/lib/python3.12", true);
  EXPECT_EQ(Look(process).facts.stdlib_bytecode_missing, false);
}

TEST_F(InstallLayouts, TheCompiledLibraryOfAnotherPythonDoesNotHelp) {
  Stdlib("/image/usr/local/lib/python3.12", false);
  tree_.Write("/image/usr/local/lib/python3.12/__pycache__/os.cpython-311.pyc", "");
  EXPECT_EQ(Look({}).facts.stdlib_bytecode_missing, true);
}

TEST_F(InstallLayouts, VirtualEnvironmentByItsInterpreter) {
  tree_.Package("/image/srv/venv/lib/python3.11/site-packages", "apache_airflow-2.9.3");
  FakeInstallProcess process;
  process.program = "/usr/bin/python3.11";
  process.cmdline = "/srv/venv/bin/python3|/srv/venv/bin/airflow|scheduler|";
  auto look = Look(process);
  EXPECT_EQ(Text(look.facts.version), "2.9.3 dist-info");
  process.cmdline = "/srv/venv/bin/python3|-m|airflow|scheduler|";
  EXPECT_EQ(Text(Look(process).facts.version), "") << "this says no virtual environment";
  tree_.Write("/image/srv/venv/pyvenv.cfg", "home = /usr/bin\n");
  look = Look(process);
  EXPECT_EQ(Text(look.facts.version), "2.9.3 dist-info");
  EXPECT_EQ(Text(look.facts.python), "3.11 exe");
}

TEST_F(InstallLayouts, VirtualEnvironmentByItsVariable) {
  tree_.Package("/image/srv/venv/lib/python3.11/site-packages", "apache_airflow-2.9.3");
  FakeInstallProcess process;
  process.program = "/usr/bin/python3.11";
  process.cmdline = "[celeryd: celery@w:MainProcess]";
  process.environ = "PATH=/bin|VIRTUAL_ENV=/srv/venv|";
  EXPECT_EQ(Text(Look(process).facts.version), "2.9.3 dist-info");
}

TEST_F(InstallLayouts, VirtualEnvironmentByWhatIsMapped) {
  tree_.Package("/image/srv/venv/lib/python3.11/site-packages", "apache_airflow-2.9.3");
  tree_.Package("/image/usr/lib/python3/dist-packages", "apache_airflow-2.0.0");
  FakeInstallProcess process;
  process.program = "/usr/bin/python3.11";
  process.cmdline = "[celeryd: celery@w:MainProcess]|||||||";
  process.environ = "||||||||";
  EXPECT_EQ(Text(Look(process).facts.version), "2.0.0 dist-info");
  tree_.Write("/proc/100/maps",
              "7f-80 r-xp 0 fe:01 1  /srv/venv/lib/python3.11/site-packages/lxml/etree.so\n");
  EXPECT_EQ(Text(LookAgain(process, std::nullopt).facts.version), "2.9.3 dist-info");
}

TEST_F(InstallLayouts, DebianAndPythonPath) {
  tree_.Package("/image/usr/lib/python3/dist-packages", "apache_airflow-2.2.5");
  tree_.Write("/image/opt/more/apache_airflow_providers_celery-2.1.0-py3.9.egg-info", "");
  FakeInstallProcess process;
  process.program = "/usr/bin/python3.9";
  process.environ = "PATH=/bin|PYTHONPATH=relative::/opt/more|";
  const auto look = Look(process);
  EXPECT_EQ(Text(look.facts.version), "2.2.5 dist-info");
  EXPECT_EQ(Text(look.facts.celery_provider), "2.1.0 dist-info");
}

TEST_F(InstallLayouts, WithoutAProgramThePathTellsPythonsVersion) {
  tree_.Package("/image/usr/local/lib/python3.10/site-packages", "apache_airflow-2.6.3+composer");
  FakeInstallProcess process;
  process.program = "/usr/local/bin/airflow-wrapper";
  const auto look = Look(process);
  EXPECT_EQ(Text(look.facts.version), "2.6.3+composer dist-info");
  EXPECT_EQ(Text(look.facts.python), "3.10 path");
}

TEST_F(InstallLayouts, TwoVersionsInOneFolderStayUnknown) {
  tree_.Package(kLocal, "apache_airflow-2.10.5");
  tree_.Package(kLocal, "apache_airflow-2.10.4");
  EXPECT_EQ(Text(Look({}).facts.version), "");
}

TEST_F(InstallLayouts, ALinkedRootLibraryStaysInside) {
  tree_.Package("/elsewhere/site-packages", "apache_airflow-6.6.6");
  tree_.tree().Link("/image/usr/local/lib/python3.12/site-packages",
                    tree_.tree().root() + "/elsewhere/site-packages");
  tree_.tree().Link("/image/opt/airflow/airflow.cfg", "../../../elsewhere/airflow.cfg");
  tree_.Write("/elsewhere/airflow.cfg", "[core]\nexecutor = Forged\n");
  const auto look = Look({});
  EXPECT_EQ(Text(look.facts.version), "");
  EXPECT_EQ(Text(look.facts.executor), "");
  tree_.Package("/image/real/site-packages", "apache_airflow-2.10.5");
  tree_.tree().Link("/image/home/airflow/.local/lib/python3.12", "/real");
  EXPECT_EQ(Text(Look({}).facts.version), "2.10.5 dist-info");
}

TEST_F(InstallLayouts, AFolderOfAHundredThousandNamesIsNotReadToItsEnd) {
  for (int file = 0; file < 100'000; ++file) {
    const std::string path = tree_.tree().root() + kLocal + "/x" + std::to_string(file);
    if (file == 0) tree_.Folder(kLocal);
    ASSERT_EQ(::symlink("x", path.c_str()), 0);
  }
  tree_.Package("/image/usr/local/lib/python3.12/site-packages", "apache_airflow-2.10.5");
  EXPECT_EQ(Text(Look({}).facts.version), "2.10.5 dist-info");
}

TEST_F(InstallLayouts, ABrokenConfigurationIsNoConfiguration) {
  tree_.Package(kLocal, "apache_airflow-2.10.5");
  for (const std::string& text :
       {std::string("garbage"), std::string("[core\nexecutor = x"), std::string(5000, '\0'),
        "[core]\nexecutor = x\n" + std::string(2'000'000, '\n')}) {
    tree_.Write("/image/opt/airflow/airflow.cfg", text);
    const auto look = Look({});
    EXPECT_EQ(Text(look.facts.executor), "") << "no default either: it may say something else";
    EXPECT_EQ(Text(look.facts.version), "2.10.5 dist-info");
  }
  tree_.tree().Remove("/image/opt/airflow/airflow.cfg");
  tree_.Folder("/image/opt/airflow/airflow.cfg");
  EXPECT_EQ(Text(Look({}).facts.executor), "");
}

TEST_F(InstallLayouts, AnOverwrittenEnvironmentIsReplacedByTheParents) {
  FakeInstallProcess init;
  init.pid = 50;
  init.program = "/usr/bin/dumb-init";
  init.environ = "PATH=/bin|HOME=/root|AIRFLOW_HOME=/srv/af|AIRFLOW__CORE__EXECUTOR=Inherited|";
  tree_.Put(init);
  FakeInstallProcess between;
  between.pid = 60;
  between.parent = 50;
  between.environ = "(celery worker)||||";
  tree_.Put(between);
  FakeInstallProcess process;
  process.parent = 60;
  process.environ = std::string(1582, '|');
  tree_.Write("/image/srv/af/airflow.cfg", "[core]\nparallelism = 7\n");
  tree_.Package(kLocal, "apache_airflow-2.10.5");
  const auto look = Look(process);
  EXPECT_EQ(Text(look.facts.executor), "Inherited environ");
  EXPECT_EQ(look.facts.number(InstallNumber::kParallelism),
            (InstallValue<std::int64_t>{7, InstallSource::kConfigFile}));
  EXPECT_EQ(look.facts.number(InstallNumber::kNumRuns), std::nullopt)
      << "it may have been set between the parent's start and its own";
  // Of another container, or of the host itself, it is not taken.
  init.cgroup = "/system.slice";
  tree_.Put(init);
  EXPECT_EQ(Text(Look(process).facts.executor), "");
  init.cgroup = between.cgroup;
  init.root = "/host";
  tree_.Put(init);
  EXPECT_EQ(Text(Look(process).facts.executor), "");
}

TEST_F(InstallLayouts, WhatWasReadBeforeTheTitleIsRemembered) {
  FakeInstallProcess process;
  process.environ += "AIRFLOW__CORE__EXECUTOR=CeleryExecutor|";
  const auto first = Look(process);
  process.environ = "||||";
  tree_.Put(process);
  EXPECT_EQ(Text(LookAgain(process, first.variables).facts.executor), "CeleryExecutor environ");
}

TEST_F(InstallLayouts, TheHomeComesFromPasswdWhereTheEnvironmentHasNone) {
  tree_.Write("/image/etc/passwd", "root:x:0:0::/root:/bin/sh\na:x:50000:0::/home/a:/bin/sh\n");
  tree_.Write("/image/home/a/airflow/airflow.cfg", "[core]\nexecutor = FromHome\n");
  FakeInstallProcess process;
  process.environ = "||||";
  EXPECT_EQ(Text(Look(process).facts.executor), "FromHome airflow.cfg");
  tree_.tree().Remove("/image/home/a/airflow");
  tree_.Write("/image/opt/airflow/airflow.cfg", "[core]\nexecutor = Official\n");
  EXPECT_EQ(Text(Look(process).facts.executor), "Official airflow.cfg");
}

TEST_F(InstallLayouts, NothingIsReadFromARemoteMount) {
  tree_.Package(kLocal, "apache_airflow-2.10.5");
  const FakeInstallProcess process;
  tree_.Put(process);
  tree_.Write("/proc/100/mountinfo",
              "1 0 0:1 / / rw - overlay overlay rw\n"
              "2 1 0:2 / /home/airflow rw - nfs4 server:/home rw\n");
  EXPECT_EQ(Text(LookAgain(process, std::nullopt).facts.version), "");
}

TEST_F(InstallLayouts, AnotherProcessOfThePidIsNotLookedAt) {
  tree_.Put({});
  const auto look = LookAtInstall(tree_.procfs(), 100, 999, std::nullopt);
  ASSERT_FALSE(look);
  EXPECT_EQ(look.error().kind, ErrorKind::kAbsent);
  EXPECT_FALSE(LookAtInstall(tree_.procfs(), 7, 1, std::nullopt));
  EXPECT_FALSE(LookAtInstall("/nowhere", 7, 1, std::nullopt));
}

TEST_F(InstallLayouts, AProcessWithoutFilesTellsNothing) {
  tree_.Write("/proc/100/stat", "100 (airflow) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 2 0 1000 0 0\n");
  const auto look = LookAgain({}, std::nullopt);
  EXPECT_EQ(look.facts, InstallFacts{});
  EXPECT_FALSE(look.root_denied || look.environment_denied || look.config_denied);
}

}  // namespace
}  // namespace airflow_host
