namespace VxlanCsum.Node.Files;

/// <summary>Whose the folders on the way to a file may be.</summary>
internal enum FolderTrust
{
    /// <summary>
    /// Root's or our own, and nobody else may write to them, as sshd's StrictModes has it: for what is relied on, such
    /// as a journal, a unit or a rule of udev.
    /// </summary>
    Ours,

    /// <summary>
    /// Anyone's: for what is only written, such as a report. From the first folder on that others may change, no
    /// symbolic link is followed.
    /// </summary>
    Anyones,
}
