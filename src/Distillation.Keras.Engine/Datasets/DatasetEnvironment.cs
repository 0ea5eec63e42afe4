namespace Distillation.Keras;

/// <summary>
/// What the lookup of datasets reads from the process: its variables and the user's home.
/// Handed in, so that tests need not change the process.
/// </summary>
/// <param name="DataFolder">The value of <see cref="DataVariable"/>, null where it is not set.</param>
/// <param name="KerasHome">Keras' own folder: the value of KERAS_HOME, else <c>~/.keras</c>.</param>
internal sealed record DatasetEnvironment(string? DataFolder, string KerasHome)
{
    public const string DataVariable = "DISTILLATION_KERAS_DATA";

    public const string KerasHomeVariable = "KERAS_HOME";

    /// <summary>Keras' folder of cached datasets.</summary>
    public string Cache => Path.Combine(KerasHome, "datasets");

    public static DatasetEnvironment FromProcess() =>
        From(
            Environment.GetEnvironmentVariable,
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify)
        );

    public static DatasetEnvironment From(Func<string, string?> variable, string userHome)
    {
        string? data = variable(DataVariable);
        string? keras = variable(KerasHomeVariable);
        return new DatasetEnvironment(
            string.IsNullOrWhiteSpace(data) ? null : data,
            string.IsNullOrWhiteSpace(keras) ? Path.Combine(userHome, ".keras") : keras
        );
    }
}
