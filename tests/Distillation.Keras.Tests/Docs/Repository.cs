namespace Distillation.Keras.Tests.Docs;

/// <summary>The repository that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution file, found from the tests' own folder upwards.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder)
    {
        for (DirectoryInfo? place = new(folder); place is not null; place = place.Parent)
        {
            if (File.Exists(Path.Combine(place.FullName, "Distillation.Keras.sln")))
            {
                return place.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above '{folder}' holds Distillation.Keras.sln. The tests of documents run inside the repository.");
    }
}
