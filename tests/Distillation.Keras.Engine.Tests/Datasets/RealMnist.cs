namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>The folder of MNIST's published files, where this machine has one.</summary>
internal static class RealMnist
{
    /// <summary>Gives the folder, or leaves the test out.</summary>
    public static string Folder()
    {
        var places = new List<string>();
        if (Environment.GetEnvironmentVariable(DatasetEnvironment.DataVariable) is { Length: > 0 } variable)
        {
            places.Add(variable);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Distillation.Keras.sln")))
            {
                continue;
            }

            places.Add(Path.Combine(folder.FullName, "shared", "data"));
            places.Add(Path.Combine(folder.FullName, "..", "shared", "data"));
        }

        string? found = places.FirstOrDefault(place => DatasetFiles.Find(DatasetDescription.Mnist, place, []) is not null);
        if (found is null)
        {
            Assert.Ignore(
                $"MNIST's files are needed, and are in none of: {string.Join(", ", places)}. Set {DatasetEnvironment.DataVariable} to "
                    + "their folder."
            );
        }

        return found!;
    }
}
