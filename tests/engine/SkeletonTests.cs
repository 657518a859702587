namespace VxlanCsum.EngineTests;
