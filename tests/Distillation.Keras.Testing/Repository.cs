namespace Distillation.Keras.Testing;

/// <summary>The repository that the program was built in.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(() => Find(AppContext.BaseDirectory));

    /// <summary>The folder of the solution file, found from the program's own folder upwards.</summary>
    /// <exception cref="DirectoryNotFoundException">The program does not lie in a repository.</exception>
    public static string Root => Found.Value;

    private static string Find(string folder)
    {
        for (DirectoryInfo? place = new(folder); place is not null; place = place.Parent)
        {
            if (File.Exists(Path.Combine(place.FullName, "Distillation.Keras.sln")))
            {
                return place.FullName;
            }
        }

        throw new DirectoryNotFoundException(
            $"No folder above '{folder}' holds Distillation.Keras.sln. What reads the repository's sources runs inside it."
        );
    }
}
