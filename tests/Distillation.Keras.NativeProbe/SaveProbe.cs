using System.Globalization;

namespace Distillation.Keras.NativeProbe;

/// <summary>Saves models over old ones: until it is killed, with room for a part of a file only, or where it may not.</summary>
internal static class SaveProbe
{
    /// <summary>Saves two models in turn in each form, and prints a line after each file.</summary>
    public static void WithoutEnd(string folder, TextWriter output)
    {
        Model[] models = [SavedForms.Make(1), SavedForms.Make(2)];
        for (int i = 0; ; i++)
        {
            string name = SavedForms.Names[i % SavedForms.Names.Length];
            SavedForms.Save(models[i / SavedForms.Names.Length % models.Length], folder, name);
            output.WriteLine(name);
            output.Flush();
        }
    }

    /// <summary>Saves in each form with a share of the size that the file has, and prints what came of it.</summary>
    public static void Limited(string folder, string share, TextWriter output)
    {
        double room = double.Parse(share, CultureInfo.InvariantCulture);
        SystemCalls.IgnoreLargeFiles();
        Model model = SavedForms.Make(2);
        foreach (string name in SavedForms.Names)
        {
            string file = name.EndsWith(".json", StringComparison.Ordinal) ? "s_00000.weights.h5" : name;
            SystemCalls.Limit(SystemCalls.FileSize, (ulong)(new FileInfo(Path.Combine(folder, file)).Length * room));
            string said = Try(model, folder, name);
            SystemCalls.Limit(SystemCalls.FileSize, ulong.MaxValue);
            output.WriteLine(said);
        }
    }

    /// <summary>Saves in each form as a user who owns nothing, and prints what came of it.</summary>
    public static void AsNobody(string folder, TextWriter output)
    {
        Model model = SavedForms.Make(2);

        // What is needed is loaded before the rights to read it are gone.
        string own = Directory.CreateTempSubdirectory("distillation-keras-tests-").FullName;
        foreach (string name in SavedForms.Names)
        {
            SavedForms.Save(model, own, name);
            _ = SavedForms.Number(own, name);
        }

        Directory.Delete(own, recursive: true);
        _ = Try(model, Path.Combine(folder, "nowhere"), SavedForms.Names[0]);
        if (Environment.IsPrivilegedProcess)
        {
            SystemCalls.BecomeNobody();
        }

        foreach (string name in SavedForms.Names)
        {
            output.WriteLine(Try(model, folder, name));
        }
    }

    private static string Try(Model model, string folder, string name)
    {
        try
        {
            SavedForms.Save(model, folder, name);
            return $"{name}\tsaved\t";
        }
        catch (Exception e)
        {
            return $"{name}\t{e.GetType().Name}\t{e.Message.ReplaceLineEndings(" ")}";
        }
    }
}
