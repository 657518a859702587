BeforeAll {
    . $PSScriptRoot/common.ps1
    # Bound and never read: whoever asks gets no answer.
    $silent = [System.Net.Sockets.UdpClient]::new([System.Net.IPEndPoint]::new([System.Net.IPAddress]::Loopback, 0))
    # A port on which nothing listens: held by another kind of socket than is asked.
    $closed = [System.Net.Sockets.Socket]::new([System.Net.Sockets.AddressFamily]::InterNetwork, [System.Net.Sockets.SocketType]::Stream, [System.Net.Sockets.ProtocolType]::Tcp)
    $closed.Bind([System.Net.IPEndPoint]::new([System.Net.IPAddress]::Loopback, 0))
}
AfterAll { $silent.Dispose(); $closed.Dispose() }

Describe 'Test-KubeServiceDns' {
    It 'tells a closed port from a silent one' {
        $refused = Test-KubeServiceDns $closed.LocalEndPoint -Count 1
        $refused.Transport | Should -Be 'Udp', 'Tcp'
        $refused.Symptom | Should -Be 'Refused', 'Refused'
        $quiet = Test-KubeServiceDns $silent.Client.LocalEndPoint -Transport Udp -Count 1 -Timeout 0.2
        $quiet.Symptom | Should -Be 'NoAnswer'
        $quiet.Answered | Should -Be 0
        $quiet.Slowest | Should -BeNullOrEmpty
    }

    It 'takes services by value and by property name' {
        ("$($closed.LocalEndPoint)" | Test-KubeServiceDns -Count 1 -Transport Udp).Symptom | Should -Be 'Refused'
        ([pscustomobject]@{ ClusterIP = "$($closed.LocalEndPoint)" } | Test-KubeServiceDns -Count 1 -Transport Udp).Symptom | Should -Be 'Refused'
    }

    It 'says that <Server> is no address, and goes on' -ForEach @(@{ Server = 'kube-dns' }, @{ Server = '127.0.0.1:66666' }) {
        $results = $Server, "$($closed.LocalEndPoint)" | Test-KubeServiceDns -Count 1 -Transport Udp -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -Be 'ServiceAddressInvalid,VxlanCsum.Commands.TestKubeServiceDnsCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $results | Should -HaveCount 1
    }

    It 'refuses a name that is none, at once' {
        { Test-KubeServiceDns 127.0.0.1 -Name a..b } | Should -Throw -ErrorId 'DnsNameInvalid,*'
    }

    It 'shows a table a server' {
        $shown = Test-KubeServiceDns $closed.LocalEndPoint -Count 1 -Transport Udp | Get-Shown
        $shown | Should -Match "^   Asked: $($closed.LocalEndPoint) for "
        $shown | Should -Match '(?m)^UDP +Refused +0/1'
    }

    It 'comes whole and looks the same from another process' {
        $result = Test-KubeServiceDns $closed.LocalEndPoint -Count 1 -Transport Udp
        ($result | Copy-Remotely).Symptom | Should -Be 'Refused'
        $result | Copy-Remotely | Get-Shown | Should -Be ($result | Get-Shown)
    }

    It 'completes query types and transports' {
        (Get-Completion 'Test-KubeServiceDns -QueryType AA').CompletionText | Should -Be 'AAAA'
        (Get-Completion 'Test-KubeServiceDns -Transport ').CompletionText | Should -Contain 'Tcp'
    }
}
