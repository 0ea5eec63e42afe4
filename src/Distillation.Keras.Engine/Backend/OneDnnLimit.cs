using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Distillation.Keras.Backend;

/// <summary>
/// Keeps oneDNN 3.7 (in libtorch 2.10) from wrong numbers on AMD processors whose caches a virtual machine hides. It takes the level-one
/// cache for one byte there, and its reordering of weights in blocks writes past them or leaves parts out (jit_uni_reorder.cpp,
/// prb_block_for_cache). With SSE4.1 alone it takes no such blocks. Who sets oneDNN's variable himself keeps it.
/// </summary>
internal static class OneDnnLimit
{
    /// <summary>The variable in which oneDNN reads the newest instruction set that it may use.</summary>
    public const string Variable = "ONEDNN_MAX_CPU_ISA";

    /// <summary>The instruction set with which it computes rightly there.</summary>
    public const string SafeInstructions = "SSE41";

    private const string EarlierVariable = "DNNL_MAX_CPU_ISA";
    private const int CacheLeaf = unchecked((int)0x8000001D);
    private const int HighestLeaf = unchecked((int)0x80000000);

    /// <summary>Sets the variable where this process runs on such a processor. To be called before libtorch computes.</summary>
    public static void Apply()
    {
        if (!X86Base.IsSupported || !HidesCaches(X86Base.CpuId) || IsChosen(Variable) || IsChosen(EarlierVariable))
        {
            return;
        }

        // oneDNN asks the C library on Unix and the system on Windows; .NET sets the variable of the system on Windows alone.
        Environment.SetEnvironmentVariable(Variable, SafeInstructions);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetVariable([.. Encoding.ASCII.GetBytes(Variable), 0], [.. Encoding.ASCII.GetBytes(SafeInstructions), 0], 0);
        }
    }

    /// <summary>Whether a processor is AMD's and tells no size of its level-one data cache.</summary>
    /// <param name="identify">The CPUID instruction: the answer to a leaf and its part.</param>
    public static bool HidesCaches(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> identify)
    {
        (_, int first, int third, int second) = identify(0, 0);
        Span<byte> vendor = stackalloc byte[12];
        MemoryMarshal.Write(vendor, first);
        MemoryMarshal.Write(vendor[4..], second);
        MemoryMarshal.Write(vendor[8..], third);
        const int DataOrUnified = 1;
        return vendor.SequenceEqual("AuthenticAMD"u8)
            && ((uint)identify(HighestLeaf, 0).Eax < unchecked((uint)CacheLeaf) || (identify(CacheLeaf, 0).Eax & DataOrUnified) == 0);
    }

    private static bool IsChosen(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    [DllImport("libc", EntryPoint = "setenv", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(byte[] name, byte[] value, int overwrite);
}
