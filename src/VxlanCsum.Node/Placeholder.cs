namespace VxlanCsum.Node;
