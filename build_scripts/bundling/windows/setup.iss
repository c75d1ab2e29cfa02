; Inno Setup 6: an installer for one user, who need not be administrator.
[Setup]
AppId={{6E0D2B0C-7B9A-4B1E-9C36-5D6A3B6F1C52}
AppName=$title
AppVersion=$version
AppVerName=$title $version
AppComments=$caution
DefaultDirName={autopf}\$title
DefaultGroupName=$title
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=$folder\LICENSE
OutputDir=.
OutputBaseFilename=$folder-setup
SetupIconFile=$made\fundus-gui.ico
UninstallDisplayIcon={app}\$window.exe
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes
#ifdef Sign
SignTool=sign
SignedUninstaller=yes
#endif

[Languages]
Name: "english"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "$folder\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion

[InstallDelete]
; What an earlier version brought and this one does not.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\$title"; Filename: "{app}\$window.exe"
Name: "{autodesktop}\$title"; Filename: "{app}\$window.exe"; Tasks: desktopicon

[Registry]
; "Open with" names the program for these; what a double click opens stays as it is.
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "$title"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\shell\open\command"; ValueType: string; ValueData: """{app}\$window.exe"" gui ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jpe"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".jfif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".bmp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\$window.exe\SupportedTypes"; ValueType: string; ValueName: ".dcm"; ValueData: ""

[Run]
Filename: "{app}\$window.exe"; Description: "{cm:LaunchProgram,$title}"; Flags: nowait postinstall skipifsilent
